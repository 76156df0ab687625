import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MachineEvent, MachineStep, Snapshot } from 'millrace/machine';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import type { ReactiveSystemRuntime } from '../index.ts';
import { openSketched } from '../fixtures/sketched.ts';
import { timed } from '../fixtures/timed.ts';

interface Timer {
  readonly id: string | undefined;
  readonly due: number;
  readonly event: MachineEvent;
}
interface Entry {
  readonly snapshot: Snapshot<unknown>;
  readonly timers: readonly Timer[];
  readonly at: number;
  /** Of a rollback: where it led. */
  readonly to?: number;
}

/** One instance, told plainly: what it is, and what it has been. */
class Model {
  now = 0;
  readonly entries: Entry[] = [];
  timers: Timer[] = [];

  get snapshot(): Snapshot<unknown> {
    return this.entries.at(-1)?.snapshot as Snapshot<unknown>;
  }

  start(): void {
    this.#take(timed.module.start({ seen: [] }, { instanceId: 'A', now: this.now }));
  }

  send(event: MachineEvent): void {
    const step = timed.module.send(this.snapshot, event, { instanceId: 'A', now: this.now });
    if (step.handled) this.#take(step);
  }

  #take({ snapshot, effects }: MachineStep): void {
    const atOnce: MachineEvent[] = [];
    for (const effect of effects) {
      if (effect.type === 'unschedule') this.timers = this.timers.filter(({ id }) => id !== effect.id);
      if (effect.type !== 'schedule') continue;
      if (effect.delay === 0) atOnce.push(effect.event);
      else this.timers.push({ id: effect.id, due: this.now + effect.delay, event: effect.event });
    }
    this.entries.push({ snapshot, timers: [...this.timers], at: this.now });
    for (const event of atOnce) this.send(event);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > end) break;
      this.now = Math.max(this.now, next.due);
      this.timers = this.timers.filter((timer) => timer !== next);
      this.send(next.event);
    }
    this.now = end;
  }

  /** Gives the number of the entry that it goes back to; undefined when there is none. */
  rollback(to: number | undefined): number | undefined {
    let found = to;
    if (to === undefined) {
      let at = this.entries.length;
      for (let back = this.entries[at - 1]?.to; back !== undefined; back = this.entries[at - 1]?.to) at = back;
      found = at - 1;
    }
    const entry = found === undefined ? undefined : this.entries[found - 1];
    if (entry === undefined) return undefined;
    this.timers = entry.timers.map((timer) => ({ ...timer, due: this.now + timer.due - entry.at }));
    this.entries.push({ snapshot: entry.snapshot, timers: [...this.timers], at: this.now, to: found as number });
    return found;
  }
}

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), event: fc.constantFrom('a', 'b', 'c') }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 1500, 2000, 4000, 20_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rollback' as const),
      to: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'move' as const) }) },
);

it('an instance is what the plain story of its events, timers, rollbacks and moves says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (operations) => {
      const clock = new SimulatedClock({ start: 0 });
      let store = openSqlite(':memory:');
      const open = (): ReactiveSystemRuntime => openSketched([timed], {}, { clock, store, db: undefined });
      let runtime = open();
      const model = new Model();
      await runtime.create('m', { id: 'A' });
      model.start();
      for (const given of operations) {
        switch (given.do) {
          case 'send':
            await runtime.sendEvent(given.event, { id: 'A' });
            model.send({ name: given.event, payload: { id: 'A' } });
            break;
          case 'advance':
            await clock.advance(given.ms);
            model.advance(given.ms);
            break;
          case 'rollback': {
            const to = await runtime.rollback('m', 'A', given.to === undefined ? {} : { to: given.to }).then(
              (gone) => gone.to,
              () => undefined,
            );
            expect(to).toBe(model.rollback(given.to));
            break;
          }
          case 'restart':
            runtime.abandon();
            store.transaction((tx) => tx.owner.release());
            runtime = open();
            break;
          case 'move': {
            const document: unknown = JSON.parse(JSON.stringify(runtime.exportInstance('m', 'A')));
            await runtime.close();
            store = openSqlite(':memory:');
            runtime = open();
            await runtime.restoreInstance(document);
            break;
          }
        }
        // What has no time left rings at once.
        await runtime.idle();
        model.advance(0);
        const { snapshot, timers, sequence } = runtime.exportInstance('m', 'A');
        expect(snapshot).toEqual(model.snapshot);
        expect(timers.map(({ id, due, event }) => [id, due, event.name])).toEqual(
          model.timers.toSorted((a, b) => a.due - b.due).map(({ id, due, event }) => [id, due, event.name]),
        );
        expect(sequence).toBe(model.entries.length);
      }
      await runtime.close();
    }),
    { numRuns: Number(process.env['MODEL_RUNS'] ?? 60), seed: Number(process.env['MODEL_SEED'] ?? 3) },
  );
}, 60_000);
