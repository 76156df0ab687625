import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose, every, type Pool } from './choose.ts';
import { Gate } from './gate.ts';
import { settingsOf } from '../../engine/index.ts';
import type { Entry } from './waiting.ts';

const gate = (task: string, priority = 0): Gate =>
  new Gate(
    task,
    priority,
    settingsOf({}, task, true) as NonNullable<ReturnType<typeof settingsOf>>,
    0,
    undefined,
    () => {},
  );
const poolOf = (...gates: Gate[]): Pool => ({ gates, turn: 0, passed: 0 });
const asker = (id: string, priority: number) => ({
  id,
  row: { priority },
  held: false,
  dead: false,
  attempting: 0,
  queued: 0,
});

function push(pool: Pool, to: Gate, run: string, priority: number, step = run): void {
  const entry = { request: { step }, by: asker(run, priority), admit: () => {}, dismiss: () => {} };
  to.waiting.push({ ...entry, before: undefined, after: undefined } as unknown as Entry, pool.turn);
}
function call(pool: Pool): string | undefined {
  const choice = choose(pool, () => true);
  return choice?.gate.waiting.take(choice.level).request.step;
}
const calls = (pool: Pool, count: number): (string | undefined)[] => Array.from({ length: count }, () => call(pool));

describe('choose', () => {
  it('lets the runs take turns, each in its own order', () => {
    const work = gate('work');
    const pool = poolOf(work);
    for (let n = 1; n <= 4; n++) push(pool, work, 'a', 0, `a${n}`);
    push(pool, work, 'b', 0, 'b1');
    for (let n = 1; n <= 2; n++) push(pool, work, 'c', 0, `c${n}`);
    expect(calls(pool, 8)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4', undefined]);
  });

  it('goes by the priority of the task, then by that of the run; equal tasks take turns', () => {
    const [low, high, other] = [gate('low'), gate('high', 1), gate('other', 1)];
    const pool = poolOf(low, high, other);
    push(pool, low, 'a', 9, 'low 9');
    for (const n of [1, 2]) push(pool, high, 'b', 0, `high ${n}`);
    push(pool, high, 'c', 3, 'high urgent');
    push(pool, other, 'd', 0, 'other');
    expect(calls(pool, 5)).toEqual(['high urgent', 'high 1', 'other', 'high 2', 'low 9']);
  });

  it('calls a lower priority once in so many, so that it gets its share however much comes above it', () => {
    const work = gate('work');
    const pool = poolOf(work);
    for (let n = 0; n < 3; n++) push(pool, work, 'low', 0, `low ${n}`);
    const called: (string | undefined)[] = [];
    for (let n = 0; n < 3 * every; n++) {
      push(pool, work, `high${n}`, 1, 'high');
      called.push(call(pool));
    }
    expect(called.flatMap((step, index) => (step === 'high' ? [] : [[step, index + 1]]))).toEqual([
      ['low 0', every],
      ['low 1', 2 * every],
      ['low 2', 3 * every],
    ]);
  });

  it('lets nothing starve: whoever waits is called within a bound, whatever comes', () => {
    const arrival = fc.record({ task: fc.nat(2), run: fc.nat(3), priority: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(fc.array(arrival, { maxLength: 2 }), { minLength: 100, maxLength: 300 }), (steps) => {
        const gates = [gate('a'), gate('b', 1), gate('c', 1)];
        const pool = poolOf(...gates);
        const waits = new Map<string, { readonly since: number; readonly behind: number }>();
        let number = 0;
        let turn = 0;
        const own = new Map<string, number>();
        const take = (): void => {
          turn++;
          const step = call(pool);
          if (step === undefined) return;
          const { since, behind } = waits.get(step) as { since: number; behind: number };
          waits.delete(step);
          const key = step.split(' ')[0] as string;
          own.set(key, (own.get(key) ?? 1) - 1);
          // 12 levels (tasks and priorities) and 4 runs in each: that many others come before one's own turn.
          expect(turn - since).toBeLessThanOrEqual((behind + 1) * every * 12 * 4);
        };
        for (const arrivals of steps) {
          for (const { task, run, priority } of arrivals) {
            const key = `${task}/${run}p${priority}`;
            const step = `${key} ${number++}`;
            waits.set(step, { since: turn, behind: own.get(key) ?? 0 });
            own.set(key, (own.get(key) ?? 0) + 1);
            push(pool, gates[task] as Gate, `r${run}p${priority}`, priority, step);
          }
          take();
        }
        while (waits.size > 0) take();
        expect(gates.every(({ waiting }) => waiting.size === 0 && waiting.levels.length === 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('finds the next one as fast among many', () => {
    const work = gate('work');
    const pool = poolOf(work);
    const many = 100_000;
    for (let n = 0; n < many; n++) push(pool, work, `r${n}`, n % 3);
    let count = 0;
    while (call(pool) !== undefined) count++;
    expect(count).toBe(many);
  });
});
