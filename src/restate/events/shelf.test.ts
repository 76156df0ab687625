import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Came, Published, Waiting } from '../contract.ts';
import { Shelf, type Cells, type ShelfGives } from './shelf.ts';

const seeds = Number(process.env['SHELF_SEEDS'] ?? 3000);

/** Cells in memory, written as JSON as those of a virtual object are. */
function inMemory(): Cells & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (name) => JSON.parse(kept.get(name) ?? 'null'),
    set: (name, value) => void kept.set(name, JSON.stringify(value)),
    clear: (name) => void kept.delete(name),
  };
}

/** The same, as plainly as it can be said: all events that ever came, and who waits. */
class Model {
  readonly events: { id: string; at: number; expires: number; except: readonly string[] }[] = [];
  waits: Waiting[] = [];
  put(id: string, at: number, expires: number, except: readonly string[]): [run: string, signal: string][] {
    const counts = Math.max(at, ...this.events.filter((event) => event.expires > at).map((event) => event.at));
    this.events.push({ id, at: counts, expires, except });
    const got: [string, string][] = [];
    for (const wait of this.waits) {
      if (got.some(([run]) => run === wait.run) || except.includes(wait.run) || wait.since > counts) continue;
      got.push([wait.run, wait.signal]);
    }
    this.waits = this.waits.filter(({ signal }) => !got.some(([, told]) => told === signal));
    return got;
  }
  wait(waiting: Waiting, now: number): string | undefined {
    const found = this.events.find(
      ({ id, at, expires, except }) =>
        at >= waiting.since && expires > now && !waiting.taken.includes(id) && !except.includes(waiting.run),
    );
    if (found === undefined) this.waits.push(waiting);
    return found?.id;
  }
  leave(signal: string): boolean {
    const there = this.waits.length;
    this.waits = this.waits.filter((wait) => wait.signal !== signal);
    return this.waits.length < there;
  }
}

type Deed =
  | { readonly do: 'put'; readonly except: readonly number[]; readonly behind: number }
  | { readonly do: 'wait'; readonly run: number; readonly skips: boolean }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'begin'; readonly run: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'pass'; readonly ms: number };

const run = fc.integer({ min: 0, max: 3 });
const deeds = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        except: fc.array(run, { maxLength: 1 }),
        behind: fc.integer({ min: 0, max: 3 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), run, skips: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('begin' as const), run }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 5, 40, 200) }) },
  ),
  { minLength: 5, maxLength: 60 },
);

const ttl = 100;

it('gives what a plain list of events and waits gives, in every order of calls', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (all: readonly Deed[]) => {
      const cells = inMemory();
      let told: [run: string, signal: string, came: Came][] = [];
      const shelf = new Shelf(cells, (waiting, came) => told.push([waiting.run, waiting.signal, came]), 3);
      const model = new Model();
      let now = Date.parse('2026-11-21T19:00:00Z');
      let count = 0;
      // What the runs know of themselves.
      const since = [0, now, now, now + 20];
      const taken: string[][] = [[], [], [], []];
      const after: (number | undefined)[] = [];
      const noted: { run: number; signal: string; noted: number; over: boolean }[] = [];
      const takes = (who: number, { event, position }: Came): void => {
        taken[who]?.push(event.id);
        after[who] = position;
      };
      for (const deed of all) {
        if (deed.do === 'pass') now += deed.ms;
        else if (deed.do === 'begin') {
          // Another run, and of the one before nothing waits any more.
          for (const one of noted.filter((each) => each.run === deed.run && !each.over)) {
            await shelf.leave({ ...one, run: `r${one.run}` });
            model.leave(one.signal);
            one.over = true;
          }
          since[deed.run] = now;
          taken[deed.run] = [];
          after[deed.run] = undefined;
        } else if (deed.do === 'sweep') {
          const next = await shelf.sweep(now);
          expect(next).toBe(model.events.find(({ expires }) => expires > now)?.expires);
        } else if (deed.do === 'put') {
          const at = now - deed.behind;
          const event: Published = { id: `e${count++}`, name: 'go', at };
          const except = deed.except.map((who) => `r${who}`);
          told = [];
          const { to } = await shelf.put({ event, expires: at + ttl, except });
          const expected = model.put(event.id, at, at + ttl, except);
          expect(to.map(({ run: who, step }) => [who, step])).toEqual(expected);
          expect(told.map(([who, signal, came]) => [who, signal, came.event.id])).toEqual(
            expected.map(([who, signal]) => [who, signal, event.id]),
          );
          for (const [who, signal, came] of told) {
            takes(Number(who.slice(1)), came);
            for (const one of noted) if (one.signal === signal) one.over = true;
          }
        } else if (deed.do === 'wait') {
          const who = deed.run;
          const signal = `s${count++}`;
          const from = after[who];
          const waiting: Waiting = {
            run: `r${who}`,
            invocation: 'inv',
            signal,
            since: since[who] ?? 0,
            taken: deed.skips && from !== undefined ? [] : (taken[who] ?? []),
            ...(deed.skips && from !== undefined && { after: from }),
          };
          const gives: ShelfGives = await shelf.wait(waiting, now);
          const expected = model.wait({ ...waiting, taken: taken[who] ?? [] }, now);
          expect('came' in gives ? gives.came.event.id : undefined).toBe(expected);
          if ('came' in gives) takes(who, gives.came);
          else noted.push({ run: who, signal, noted: gives.noted, over: false });
        } else {
          const one = noted[deed.which % Math.max(1, noted.length)];
          if (one === undefined) continue;
          const { underWay } = await shelf.leave({ noted: one.noted, run: `r${one.run}`, signal: one.signal });
          expect(underWay).toBe(!model.leave(one.signal));
          expect(underWay).toBe(one.over);
          one.over = true;
        }
      }
      // All waits leave, all events expire: nothing is kept.
      for (const one of noted.filter(({ over }) => !over)) await shelf.leave({ ...one, run: `r${one.run}` });
      expect(await shelf.sweep(now + ttl + 1)).toBeUndefined();
      expect([...cells.kept]).toEqual([]);
    }),
    { numRuns: seeds },
  );
});
