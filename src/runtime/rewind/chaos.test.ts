import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import type { JournalRow } from 'millrace/store';
import { body, handling, undoing, World } from '../fixtures/random-world.ts';
import { covers, effective } from './rewound.ts';

/** How many random flows are tried: more on demand. */
const numRuns = Number(process.env['REWINDS'] ?? 120);
const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

const result = new Set<JournalRow['kind']>(['completed', 'received', 'decided']);

/** Does `later` come after `earlier`, or lie in it, as the flow is written? */
function follows(earlier: string, later: string): boolean {
  if (covers(earlier, later)) return true;
  const [a, b] = [earlier.split('/'), later.split('/')];
  const at = a.findIndex((segment, index) => segment !== b[index]);
  const parse = (segment = ''): [name: string, index: number, round: number] => {
    const [, name = segment, index = '-1', round = '-1'] = /^([a-z]+)(\d+)?(?:\[(\d+)\])?$/.exec(segment) ?? [];
    return [name, Number(index), Number(round)];
  };
  const [one, other] = [parse(a[at]), parse(b[at])];
  // Rounds of a repeat; steps of a part; the handler of an attempt; nodes of a graph.
  if (one[0] === 'repeat' && one[1] === other[1]) return other[2] > one[2];
  if (one[0] === 'map' && one[1] === other[1]) return false;
  if (one[1] >= 0 && other[1] >= 0) return other[1] > one[1];
  if (one[0] === 'try') return other[0] === 'catch';
  return ['ab', 'ad', 'bd', 'cd'].includes(`${one[0]}${other[0]}`) && (a[at - 1] ?? '').startsWith('graph');
}

const facts = fc.record({
  nodes: body,
  undos: fc.boolean(),
  by: fc.constantFrom('nothing', 'task', 'flow'),
  failing: fc.integer({ min: 1, max: 12 }),
  how: fc.constantFrom('default', 'step', 'child', 'fork'),
  pick: fc.nat(),
  crashes: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
});

it(
  'random flows that failed end as if they had not, after a retry or a fork from anywhere, with crashes in between',
  async () => {
    let failed = 0;
    const ways = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(facts, async ({ nodes, undos, by, failing, how, pick, crashes }) => {
        undoing.is = undos;
        handling.by = by;
        const smooth = new World();
        await smooth.runtime.start('outer', nodes, { id: 'r' });
        const expected = await smooth.end('r');
        await smooth.runtime.close();

        const world = new World();
        world.failing = failing;
        await world.runtime.start('outer', nodes, { id: 'r' });
        const first = await world.end('r');
        world.failing = 0;
        if (first.status !== 'failed' && how !== 'fork') return world.runtime.close();
        failed++;
        ways.set(how, (ways.get(how) ?? 0) + 1);

        const before = new Map(world.store.tables.runs.list({}).map(({ id }) => [id, effective(world.journal(id))]));
        const steps = world.runtime.reader.steps('r').filter(({ path }) => !path.includes('~'));
        const step = steps[pick % steps.length]?.path ?? '';
        const below = world.runtime.list({ status: ['failed'] }).filter(({ parent }) => parent !== undefined);
        const again = how === 'child' ? (below[pick % below.length]?.id ?? 'r') : 'r';
        const options = how === 'step' || (how === 'fork' && first.status !== 'failed') ? { fromStep: step } : {};
        const original = JSON.stringify([world.store.tables.runs.get('r'), world.journal('r')]);

        // It may be lost before anybody hears of it, and is asked for again then.
        let id = 'r';
        let dropped: readonly string[] = [];
        for (const [index, turns] of [...crashes, -1].entries()) {
          const asking: Promise<unknown> =
            how === 'fork'
              ? world.runtime.fork('r', { ...options, id: 'copy' })
              : world.runtime.retry(again, options).catch((refusal: { code: string }) => {
                  if (refusal.code !== 'MR3257') throw refusal;
                  return world.runtime.retry('r');
                });
          const asked = asking.then(
            (gives) => gives as { dropped: readonly string[] },
            (refusal: { code: string }) => refusal,
          );
          if (turns >= 0) {
            await world.die(turns);
            const there = how === 'fork' ? world.store.tables.runs.get('copy') : undefined;
            if (there === undefined && (how === 'fork' || world.store.tables.runs.get('r')?.status === 'failed'))
              continue;
          } else {
            const gives = await asked;
            // Done by an earlier time round, of which nobody heard.
            if ('dropped' in gives) dropped = gives.dropped;
            else if (!['MR3202', 'MR3252', 'MR3253'].includes(gives.code) || index === 0) throw gives;
          }
          if (how === 'fork') id = 'copy';
          if (turns >= 0) for (const more of crashes.slice(index + 1)) await world.die(more);
          break;
        }
        const end = await world.end(id);
        expect(end.status).toBe('completed');
        expect(world.violations).toEqual([]);
        const kept = effective(world.journal(id));
        if (
          !kept.some(({ kind }) => kind === 'caught') &&
          end.errors.length === expected.errors.length &&
          noneCaught(world)
        ) {
          const strip = (text: unknown): string => String(text).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*');
          expect(strip(end.output)).toBe(strip(expected.output));
        }
        if (how === 'fork') {
          expect(JSON.stringify([world.store.tables.runs.get('r'), world.journal('r')])).toBe(original);
        } else {
          // What was kept is there, as it was; what was not was to be done again.
          const lines = new Set(kept.map(({ seq }) => seq));
          for (const { path, seq, kind } of before.get('r') ?? []) {
            if (!result.has(kind) || path.includes('~') || lines.has(seq)) continue;
            if (undos) continue;
            expect(how).toBe('step');
            expect(dropped.length === 0 || follows(step, path), `${path} after ${step}`).toBe(true);
          }
        }
        await world.runtime.close();
      }),
      { numRuns, ...(seed === undefined ? {} : { seed }) },
    );
    expect(failed).toBeGreaterThan(numRuns / 4);
    expect(ways.size).toBe(4);
  },
  60_000 + numRuns * 100,
);

function noneCaught(world: World): boolean {
  return world.store.tables.runs
    .list({})
    .every(({ id }) => !world.store.tables.journal.of(id).some(({ kind }) => kind === 'caught'));
}

it(
  'random flows that go back while they are under way end as if they had not',
  async () => {
    let gone = 0;
    const again = fc.record({
      turns: fc.integer({ min: 1, max: 12 }),
      pick: fc.nat(),
      crash: fc.option(fc.nat({ max: 5 })),
    });
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.boolean(),
        fc.array(again, { minLength: 1, maxLength: 3 }),
        async (nodes, undos, backs) => {
          undoing.is = undos;
          handling.by = 'nothing';
          const smooth = new World();
          await smooth.runtime.start('outer', nodes, { id: 'r' });
          const expected = await smooth.end('r');
          await smooth.runtime.close();

          const world = new World();
          await world.runtime.start('outer', nodes, { id: 'r' });
          for (const { turns, pick, crash } of backs) {
            for (let left = turns; left > 0; left--) {
              await turn();
              for (const { runId, step } of world.runtime.reader.decisions())
                await world.runtime.decide(runId, step, { approved: true, by: 'ada' }).catch(() => {});
            }
            // Of the run itself, or of one that it runs.
            const runs = world.runtime.active().map(({ id }) => id);
            const run = runs[pick % runs.length] ?? 'r';
            const steps = world.runtime.reader.steps(run).filter(({ path }) => !path.includes('~'));
            const fromStep = steps[pick % steps.length]?.path;
            if (fromStep === undefined) continue;
            const asked = world.runtime.retry(run, { fromStep, openEffects: 'keep' }).then(
              () => 'done',
              (refusal: { code: string }) => refusal.code,
            );
            if (crash !== null) await world.die(crash);
            else {
              const said = await asked;
              // It has ended meanwhile, or is being taken back already.
              expect(['done', 'MR3252', 'MR3253', 'MR3254']).toContain(said);
              if (said === 'done') gone++;
            }
          }
          const end = await world.end('r');
          expect(world.violations).toEqual([]);
          expect(end).toMatchObject({
            status: 'completed',
            output: expected.output,
            errors: expected.errors.map(() => ({})),
          });
          expect(world.runtime.list({ status: ['running', 'waiting', 'blocked', 'failed'] })).toEqual([]);
          await world.runtime.close();
        },
      ),
      { numRuns, ...(seed === undefined ? {} : { seed }) },
    );
    expect(gone).toBeGreaterThan(numRuns / 40);
  },
  60_000 + numRuns * 100,
);
