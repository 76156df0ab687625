import { failedOf, failureName, messageOf } from '../../core/index.ts';
import { failureOf, type AnyEvent } from '../../flow/index.ts';
import { matchKey } from '../../engine/index.ts';
import { versionsOf } from '../../runtime/versions.ts';
import type { EventRow, Tx } from '../../store/index.ts';
import { checkValue, encodeJson } from '../../tasks/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { eventName } from './instances/names.ts';
import type { Fault } from './faults.ts';
import type { Tally } from './report.ts';
import { NotCarried, own, type World } from './world.ts';

const page = 500;

type Sets = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Under which name a database notes to which version its events were brought. */
export const eventsKey = (system: string): string => `events ${system}`;

/** Of which version the events are: that of the last migration, else the first that ever made anything. */
export function eventsVersion({ system, from }: World, tx: Pick<Tx, 'meta'>): string {
  return tx.meta.get(eventsKey(system)) ?? versionsOf(tx, system)[0] ?? from;
}

/**
 * Gives new names and payloads to the events that somebody may still take: those that were not handed out yet, and those
 * that wait for a `waitFor` until they expire. Older ones are history and stay as they were.
 */
export function migrateEvents(world: World, tx: Tx, steps: readonly PlannedStep[], tally: Tally): void {
  const names = new Set(
    steps.flatMap(({ parts: { events = {}, tasks = {}, runs = {} } }) => [
      ...Object.keys(events),
      ...[...Object.keys(tasks), ...Object.keys(runs)].map((name) => failureName(name)),
    ]),
  );
  const cursor = Number(tx.meta.get('cursor') ?? 0);
  const sets = setsAfter(JSON.parse(tx.meta.get('fields') ?? '{}') as Sets, steps);
  // A name may be given to another event in the same step: what has it already is not looked at again.
  const done = new Set<number>();
  const touched = new Set<string>();
  for (const name of names) {
    for (let last = 0; ;) {
      const rows = tx.events.namedAfter(name, last, page);
      for (const row of rows) {
        if (done.has(row.seq) || (row.seq <= cursor && row.expires <= world.now)) continue;
        done.add(row.seq);
        try {
          const next = carry(world, row, steps);
          if (next.name === row.name && next.payload === row.payload) continue;
          tx.events.change(row.seq, next.name, next.payload);
          touched.add(row.name).add(next.name);
          tally.event('mapped');
        } catch (thrown) {
          const reason = messageOf(thrown);
          tally.event({ id: row.id, name: row.name, reason });
          if (thrown instanceof NotCarried && thrown.fault !== undefined)
            tally.faults.add('event', row.name, thrown.fault, reason);
        }
      }
      if (rows.length < page) break;
      last = rows.at(-1)?.seq ?? last;
    }
  }
  tx.meta.set('fields', JSON.stringify(sets));
  for (const name of touched) tx.events.unindex(name);
  for (const name of touched) index(world, tx, name, sets[name] ?? []);
}

function carry(
  world: World,
  row: EventRow,
  steps: readonly PlannedStep[],
): { readonly name: string; readonly payload: string | null } {
  let { name, payload } = row;
  let fault: Fault | undefined;
  for (const step of steps) {
    const change = own(step.parts.events, name)?.payload;
    if (typeof change === 'function') {
      const value: unknown = payload === null ? undefined : JSON.parse(payload);
      fault = { step };
      const encoded = encodeJson(called(step, change as (payload: never) => unknown, value));
      if (!encoded.ok) throw new NotCarried(`its new payload is not JSON: ${encoded.problems}`, fault);
      payload = encoded.value ?? null;
    }
    name = eventName(step, name);
  }
  const contract = contractOf(world, name);
  const read = contract && checkValue(contract.payload, payload === null ? undefined : JSON.parse(payload));
  if (read?.ok === false) throw new NotCarried(`its payload does not fit the event '${name}': ${read.problems}`, fault);
  return { name, payload };
}

/** The event in the target, or the failure of a task or flow there. */
function contractOf({ live }: World, name: string): AnyEvent | undefined {
  const of = failedOf(name) ?? '';
  const failing = own(live?.tasks, of) ?? own(live?.flows, of)?.contract;
  return own(live?.events, name) ?? (failing && failureOf(failing));
}

function called(step: PlannedStep, change: (payload: never) => unknown, value: unknown): unknown {
  try {
    return change(value as never);
  } catch (thrown) {
    throw new NotCarried(messageOf(thrown), { step, thrown });
  }
}

/** By which fields events are found, under their new names. */
function setsAfter(sets: Sets, steps: readonly PlannedStep[]): Sets {
  const found: Record<string, (readonly string[])[]> = {};
  for (const [name, own] of Object.entries(sets)) {
    const to = steps.reduce((now, step) => eventName(step, now), name);
    const known = (found[to] ??= []);
    for (const set of own) if (!known.some((each) => each.join() === set.join())) known.push(set);
  }
  return found;
}

/** Makes sure that events of this name are found by these fields, as the runtime does for whoever begins to wait. */
export function indexBy(world: World, tx: Tx, name: string, fields: readonly string[]): void {
  const all = JSON.parse(tx.meta.get('fields') ?? '{}') as Sets;
  const sets = own(all, name) ?? [];
  const set = fields.toSorted();
  if (sets.some((each) => each.join() === set.join())) return;
  tx.meta.set('fields', JSON.stringify({ ...all, [name]: [...sets, set] }));
  index(world, tx, name, [set]);
}

function index(world: World, tx: Tx, name: string, sets: readonly (readonly string[])[]): void {
  const contract = contractOf(world, name);
  for (let last = 0; ;) {
    const rows = tx.events.namedAfter(name, last, page);
    for (const { seq, expires, payload } of rows) {
      if (expires <= world.now) continue;
      const value: unknown = payload === null ? undefined : JSON.parse(payload);
      const read = contract && checkValue(contract.payload, value);
      for (const set of sets) tx.events.index(name, matchKey(set, read?.ok === true ? read.value : value), seq);
    }
    if (rows.length < page) return;
    last = rows.at(-1)?.seq ?? last;
  }
}
