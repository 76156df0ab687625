import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import type { Host } from 'millrace/flow';
import { openMemory, type JournalRow, type Store } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../index.ts';
import { covers, effective } from './rewound.ts';

/** How many random flows are tried: more on demand. */
const numRuns = Number(process.env['REWINDS'] ?? 120);
const seed = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

type Node =
  | { readonly do: 'step'; readonly undo: boolean }
  | { readonly do: 'passed' | 'ask' | 'sleep' }
  | {
      readonly do: 'all' | 'map' | 'attempt' | 'branch' | 'race' | 'graph' | 'repeat' | 'child';
      readonly body: readonly Node[];
    };

const { body } = fc.letrec<{ node: Node; body: readonly Node[] }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ do: fc.constant('step' as const), undo: fc.boolean() }),
    fc.record({
      do: fc.constantFrom(...(['all', 'map', 'attempt', 'branch', 'race', 'graph', 'repeat', 'child'] as const)),
      body: tie('body'),
    }),
    fc.record({ do: fc.constantFrom('passed' as const, 'ask' as const, 'sleep' as const) }),
  ),
  body: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
}));

const work = anyTask('work');
const back = anyTask('back');

async function perform(host: Host, nodes: readonly Node[], undos: boolean): Promise<string> {
  let value = '';
  for (const [index, node] of nodes.entries()) {
    const id = `${node.do}${index}`;
    switch (node.do) {
      case 'step':
        value += String(await host.step(id, () => work(`${value.length} ${host.idGen()}`), at)).split(' ', 1)[0];
        if (undos && node.undo) host.undo(id, () => back(id), at);
        break;
      case 'passed':
        value += await host.step(id, () => work('never'), { ...at, onFailure: { fallback: () => 'f' } });
        break;
      case 'ask':
        value += (await host.approve(id, at)).by;
        break;
      case 'sleep':
        await host.sleep(id, '1ms', at);
        break;
      case 'all': {
        const both = await host.all(
          id,
          { a: (h) => perform(h, node.body, undos), b: (h) => perform(h, node.body.slice(1), undos) },
          at,
        );
        value += `${both.a}|${both.b}`;
        break;
      }
      case 'map':
        value += (
          await host.map(
            id,
            () => [1, 2, 3],
            (h) => perform(h, node.body, undos),
            { ...at, concurrency: 2 },
          )
        ).join();
        break;
      case 'repeat':
        value += await host.repeat(
          id,
          (h) => perform(h, node.body, undos),
          (_, round) => round === 1,
          { ...at, max: 5 },
        );
        break;
      case 'attempt':
        value += await host.attempt(
          id,
          (h) => perform(h, node.body, undos),
          async (h) => `caught ${await h.step('mend', () => work('mend'), at)}`,
          at,
        );
        break;
      case 'branch':
        value += await host.branch(
          id,
          () => nodes.length % 2 === 0,
          { true: (h) => perform(h, node.body, undos), false: (h) => perform(h, node.body, undos) },
          at,
        );
        break;
      case 'race':
        // Only one can win: the other one waits, and fails.
        value += JSON.stringify(
          await host.race(
            id,
            {
              slow: async (h) => {
                await perform(h, [{ do: 'step', undo: true }], undos);
                await h.sleep('long', '30ms', at);
                throw new Error('too slow');
              },
              quick: (h) => perform(h, node.body, undos),
            },
            at,
          ),
        );
        break;
      case 'graph':
        value += JSON.stringify(
          await host.graph(
            id,
            (g) =>
              g
                .node('a', () => work('a'), at)
                .node('b', ({ a }) => work(`b${String(a)}`), { ...at, needs: ['a'] })
                .node('c', () => ({ contract: inner.contract, input: node.body }), at)
                .node('d', ({ b, c }) => work(`d${String(b)}${String(c)}`), { ...at, needs: ['b', 'c'] }),
            at,
          ),
        );
        break;
      case 'child':
        value += await host.child(id, () => ({ contract: inner.contract, input: node.body }), at);
        break;
    }
  }
  return value;
}

const undoing = { is: true };
const outer = anyFlow('outer', (host, nodes: readonly Node[]) => perform(host, nodes, undoing.is));
const inner = anyFlow('inner', (host, nodes: readonly Node[]) => perform(host, nodes, undoing.is));

/** The world outside: what was done under which key, and with what input. */
class World {
  readonly store: Store = openMemory();
  readonly violations: string[] = [];
  readonly #requests = new Map<string, string>();
  /** Which call of a task fails for good; 0: none does. */
  failing = 0;
  #calls = 0;
  runtime = this.open();

  open(): ReactiveSystemRuntime {
    const { store } = this;
    return new ReactiveSystemRuntime(
      bind({
        flows: [outer, inner],
        tasks: [
          code(work, async (input: string, { step, runId, idempotencyKey: key }) => {
            const known = effective(store.tables.journal.of(runId)).filter(({ path }) => path === step);
            if (known.some(({ kind }) => kind === 'completed')) this.violations.push(`${step} of ${runId} again`);
            const request = JSON.stringify([runId, step, input]);
            if ((this.#requests.get(key) ?? request) !== request)
              this.violations.push(`${request} under the key of ${this.#requests.get(key)}`);
            this.#requests.set(key, request);
            await Promise.resolve();
            if (input === 'never' || ++this.#calls === this.failing) throw new NonRetryableError('broken');
            return input;
          }),
          code(back, () => {}),
        ],
      }),
      { store, logger: silentLogger },
    );
  }

  /** As after `kill -9`, after so many turns of the event loop. */
  async die(turns: number): Promise<void> {
    for (let left = turns; left > 0; left--) await turn();
    this.runtime.abandon();
    this.store.transaction((tx) => tx.owner.release());
    this.runtime = this.open();
  }

  /** Waits for the end of a run, and decides what it asks. */
  async end(run: string) {
    const ending = this.runtime.result(run);
    const state = { over: false };
    void ending.finally(() => (state.over = true)).catch(() => {});
    for (let looks = 0; !state.over; looks++) {
      if (looks === 2000) {
        const left = this.runtime.list().map((each) => `${each.id} ${each.status}`);
        const lines = this.journal(run).map(
          ({ seq, kind, path, data }) => `${seq} ${kind} ${path} ${data?.slice(0, 300) ?? ''}`,
        );
        throw new Error([`Run '${run}' does not end.`, ...left, ...lines].join('\n'));
      }
      for (const { runId, step } of this.runtime.reader.decisions())
        await this.runtime.decide(runId, step, { approved: true, by: 'ada' }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return ending;
  }

  journal(run: string): readonly JournalRow[] {
    return this.store.tables.journal.of(run);
  }
}

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
      fc.asyncProperty(facts, async ({ nodes, undos, failing, how, pick, crashes }) => {
        undoing.is = undos;
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
