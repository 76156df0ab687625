import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOf, type LimitSettings } from '../../engine/index.ts';
import { Gate, type Answer, type Asker, type GateKept } from './gate.ts';

const leaseMs = 1000;
const policy = (declared: Parameters<typeof settingsOf>[0]) => settingsOf(declared, 'a test') as LimitSettings;

/** A gate as its object has it: made anew for each call, of what was kept as JSON. */
function gateOf(settings: LimitSettings | undefined) {
  let kept: GateKept | undefined;
  let count = 0;
  const at = { now: 0, wall: 0 };
  const told = new Map<string, Answer>();
  const use = <T>(work: (gate: Gate) => T): T => {
    const gate = new Gate('job', settings, kept, at, leaseMs);
    const result = work(gate);
    for (const { asker, answer } of gate.calls) {
      expect(told.has(asker.token)).toBe(false);
      told.set(asker.token, answer);
    }
    kept = JSON.parse(JSON.stringify(gate.kept)) as GateKept;
    return result;
  };
  return {
    at,
    told,
    use,
    enter(more: Partial<Asker> = {}): string {
      const token = `${++count}`;
      const asker = { token, invocation: 'i', signal: 's', run: `r${count}`, step: 'x', attempt: 1, ...more };
      const answer = use((gate) => gate.enter(asker));
      if (answer.state !== 'wait') told.set(token, answer);
      return token;
    },
    pass(ms: number): void {
      at.now += ms;
      at.wall += ms;
    },
    next: () => use((gate) => gate.next((ms) => ms)),
  };
}

describe('the gate of a task', () => {
  it('never lets more through than may, in the order in which they came, and loses nobody', () => {
    const limits = fc.record({
      concurrency: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      rateLimit: fc.option(fc.constantFrom({ limit: 2, per: '100ms' } as const, { limit: 5, per: '1s' } as const), {
        nil: undefined,
      }),
    });
    const deed = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const) }),
      fc.record({ kind: fc.constant('leave' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('renew' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 30, 120, 400, 1100) }),
    );
    fc.assert(
      fc.property(limits, fc.array(deed, { maxLength: 60 }), ({ concurrency, rateLimit }, deeds) => {
        const settings = settingsOf(
          { ...(concurrency && { concurrency }), ...(rateLimit && { rateLimit }) } as never,
          'a test',
        );
        const gate = gateOf(settings);
        const entered: string[] = [];
        const starts: number[] = [];
        /** Who holds a place, and until when. */
        const holds = new Map<string, number>();
        const seen = new Set<string>();
        const check = (): void => {
          for (const [token, until] of holds) if (until <= gate.at.wall) holds.delete(token);
          for (const token of gate.told.keys()) {
            if (seen.has(token)) continue;
            seen.add(token);
            starts.push(gate.at.now);
            holds.set(token, gate.at.wall + leaseMs);
          }
          expect(holds.size).toBeLessThanOrEqual(concurrency ?? Infinity);
          if (rateLimit !== undefined) {
            const per = rateLimit.per === '1s' ? 1000 : 100;
            for (const from of starts)
              expect(starts.filter((at) => at >= from && at < from + per).length).toBeLessThanOrEqual(rateLimit.limit);
          }
        };
        for (const act of deeds) {
          const holder = [...holds.keys()][('which' in act ? act.which : 0) % Math.max(1, holds.size)];
          if (act.kind === 'enter') entered.push(gate.enter());
          else if (act.kind === 'pass') {
            gate.pass(act.ms);
            for (const [token, until] of holds) if (until <= gate.at.wall) holds.delete(token);
            gate.use((one) => one.look());
          } else if (holder !== undefined && act.kind === 'leave') {
            holds.delete(holder);
            gate.use((one) => one.leave(holder, 'good'));
          } else if (holder !== undefined) {
            expect(gate.use((one) => one.renew(holder))).toBe(true);
            holds.set(holder, gate.at.wall + leaseMs);
          }
          check();
        }
        // Nobody says anything any more: time alone brings everybody to his turn.
        for (let next = gate.next(); next !== undefined; next = gate.next()) {
          gate.pass(next);
          for (const [token, until] of holds) if (until <= gate.at.wall) holds.delete(token);
          gate.use((one) => one.look());
          check();
        }
        expect([...gate.told.keys()]).toEqual(entered);
      }),
      { numRuns: 300 },
    );
  });

  it('lets so many wait, and tells the next one', () => {
    const gate = gateOf(policy({ concurrency: 1, queue: 1 }));
    const [first, second, third] = [gate.enter(), gate.enter(), gate.enter()];
    expect(gate.told.get(first)).toMatchObject({ state: 'go', leaseMs });
    expect(gate.told.get(third)).toMatchObject({ state: 'refused', error: { code: 'MR3121', retryable: true } });
    gate.use((one) => one.leave(second, 'unknown'));
    gate.use((one) => one.leave(first, 'good'));
    expect(gate.told.has(second)).toBe(false);
  });

  it('opens its breaker: who waits is told, one at a time tries, and it closes again', () => {
    const gate = gateOf(policy({ concurrency: 2, breaker: { failures: 2, reset: '10s', halfOpen: 1 } }));
    const tokens = [gate.enter(), gate.enter(), gate.enter()];
    for (const token of tokens.slice(0, 2)) gate.use((one) => one.leave(token, 'bad'));
    // The third was let through by the first failure: it says nothing any more of what is now.
    expect(tokens.map((token) => gate.told.get(token)?.state)).toEqual(['go', 'go', 'go']);
    expect(gate.told.get(gate.enter())).toMatchObject({ error: { code: 'MR3120', details: { until: 10_000 } } });
    gate.pass(10_000);
    const [probe, other] = [gate.enter(), gate.enter()];
    expect([gate.told.has(probe), gate.told.has(other)]).toEqual([true, false]);
    gate.use((one) => one.leave(probe, 'good'));
    expect(gate.told.get(other)).toMatchObject({ state: 'go' });
  });

  it('asks for another probe when the first has died', () => {
    const gate = gateOf(policy({ breaker: { failures: 1, reset: '1s', halfOpen: 1 } }));
    gate.use((one) => one.leave(gate.enter(), 'bad'));
    const first = gate.enter();
    gate.use((one) => one.leave(first, 'bad'));
    gate.pass(1000);
    const [, other] = [gate.enter(), gate.enter()];
    expect([gate.told.has(other), gate.next()]).toEqual([false, leaseMs]);
    gate.pass(leaseMs);
    gate.use((one) => one.look());
    expect(gate.told.get(other)).toMatchObject({ state: 'go' });
  });

  it('lets go first what an attempt waits for, but not for ever', () => {
    const gate = gateOf(policy({ concurrency: 1 }));
    const order: string[] = [];
    let holder = gate.enter();
    const other = gate.enter();
    const within = Array.from({ length: 9 }, () => gate.enter({ within: true }));
    for (let n = 0; n < 10; n++) {
      gate.use((one) => one.leave(holder, 'good'));
      holder = [...gate.told.keys()].at(-1) ?? '';
      order.push(holder);
    }
    expect(order).toEqual([...within.slice(0, 7), other, ...within.slice(7)]);
  });

  it('gives who asks again under the same name what he had, and ends who asked for him before', () => {
    const gate = gateOf(policy({ concurrency: 1, queue: 1 }));
    gate.enter({ token: 'a', within: true });
    gate.enter({ token: 'b', within: true, invocation: 'first' });
    const again = (token: string) =>
      gate.use((one) => {
        const asker = {
          token,
          invocation: 'again',
          signal: 's',
          run: 'r',
          step: 'x',
          attempt: 1,
          within: true,
        } as const;
        const answer = one.enter(asker);
        return [
          answer.state,
          ...one.calls.splice(0).map(({ asker: { invocation }, answer: { state } }) => `${invocation} ${state}`),
        ];
      });
    expect([again('a'), again('b')]).toEqual([['go'], ['wait', 'first refused']]);
    gate.use((one) => one.leave('a', 'good'));
    expect(gate.told.get('b')).toMatchObject({ state: 'go' });
  });

  it('tells who has waited until all his time was over', () => {
    const gate = gateOf(policy({ concurrency: 1 }));
    gate.enter();
    const late = gate.enter({ total: { until: 500, ms: 400 } });
    expect(gate.next()).toBe(500);
    gate.pass(500);
    gate.use((one) => one.look());
    expect(gate.told.get(late)).toMatchObject({ error: { code: 'MR3131', details: { totalTimeoutMs: 400 } } });
  });

  it('lets everybody through when its task has no limits any more', () => {
    const gate = gateOf(undefined);
    expect(gate.told.get(gate.enter())).toMatchObject({ state: 'go' });
  });
});
