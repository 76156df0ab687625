import type { Effect, MachineEvent, Snapshot } from '../../machine/index.ts';
import type { PathStep } from './types.ts';

/** Something that comes by itself: a timer, or what the machine sent itself. */
interface Pending {
  readonly id: string | undefined;
  /** In milliseconds since 1970. */
  readonly due: number;
  readonly event: MachineEvent;
}

/** An instance together with what its host keeps for it. */
export interface Situation {
  readonly snapshot: Snapshot;
  readonly now: number;
  /** In the order in which they come. */
  readonly pending: readonly Pending[];
  /** The ids of the work under way. */
  readonly work: readonly string[];
  /** Has it sent something that may turn out to be undeliverable? */
  readonly sent: boolean;
}

/** One thing that can happen next. The payload is still to be chosen, unless it is given. */
export interface Opportunity {
  readonly kind: PathStep['kind'];
  readonly event: string;
  readonly wait: number;
  /** Of what was scheduled. */
  readonly scheduled?: Pending;
}

/** What the host keeps after a step. */
export function after(
  before: Situation | undefined,
  snapshot: Snapshot,
  effects: readonly Effect[],
  now: number,
): Situation {
  let pending = [...(before?.pending ?? [])];
  let work = [...(before?.work ?? [])];
  let sent = before?.sent ?? false;
  for (const effect of effects) {
    switch (effect.type) {
      case 'schedule':
        pending.push({ id: effect.id, due: now + effect.delay, event: effect.event });
        break;
      case 'unschedule':
        pending = pending.filter(({ id }) => id !== effect.id);
        break;
      case 'run':
        work.push(effect.id);
        break;
      case 'stop':
        work = work.filter((id) => id !== effect.id);
        break;
      case 'send':
        sent = true;
        break;
      default:
    }
  }
  if (snapshot.status === 'done') [pending, work, sent] = [[], [], false];
  // Sorting is stable: what falls due at the same time comes in the order in which it was set.
  return { snapshot, now, pending: pending.sort((a, b) => a.due - b.due), work, sent };
}

/**
 * What can happen next, the likely things first. Of several timers the first one fires. With `waits` other things may
 * also happen that many milliseconds later, or just before the next timer.
 */
export function opportunities(
  { snapshot, now, pending, work, sent }: Situation,
  events: readonly string[],
  waits: readonly number[] | undefined,
): readonly Opportunity[] {
  if (snapshot.status === 'done') return [];
  const [first] = pending;
  const timer =
    first &&
    ({ kind: 'timer', event: first.event.name, wait: Math.max(0, first.due - now), scheduled: first } as const);
  // What it sent itself without delay is there before anything else can come.
  if (timer?.wait === 0) return [timer];
  const once = (wait: number): Opportunity[] => [
    ...events.map((event) => ({ kind: 'event', event, wait }) as const),
    ...work.map((id) => ({ kind: 'done', event: `done.run.${id}`, wait }) as const),
    ...work.map((id) => ({ kind: 'failed', event: `error.run.${id}`, wait }) as const),
    ...(sent ? [{ kind: 'unreachable', event: 'error.communication', wait } as const] : []),
  ];
  const later = waits === undefined ? [] : [...waits, ...(timer === undefined ? [] : [timer.wait - 1])];
  const possible = later.filter((wait) => wait > 0 && (timer === undefined || wait < timer.wait));
  return [...once(0), ...(timer === undefined ? [] : [timer]), ...possible.flatMap(once)];
}

/** The situation without what has just happened. */
export function without(situation: Situation, { kind, event, wait, scheduled }: Opportunity): Situation {
  const now = situation.now + wait;
  switch (kind) {
    case 'timer':
      return { ...situation, now, pending: situation.pending.filter((each) => each !== scheduled) };
    case 'done':
    case 'failed': {
      const id = event.slice(kind === 'done' ? 'done.run.'.length : 'error.run.'.length);
      return { ...situation, now, work: situation.work.filter((each) => each !== id) };
    }
    case 'unreachable':
      return { ...situation, now, sent: false };
    case 'event':
      return { ...situation, now };
    default:
      return kind satisfies never;
  }
}

/** Two situations of one key go on alike, as far as the relevant parts of the context decide that. */
export function keyOf({ snapshot, now, pending, work, sent }: Situation, relevant: readonly string[]): string {
  const { state, status, history, context } = snapshot;
  const timers = pending.map(({ id, due, event }) => [id, due - now, event]);
  return JSON.stringify([state, status, history, timers, work, sent, relevant.map((path) => at({ context }, path))]);
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('/')) found = (found as Readonly<Record<string, unknown>> | undefined | null)?.[key];
  // JSON has no word for what is absent.
  return found === undefined ? ['absent'] : found;
}
