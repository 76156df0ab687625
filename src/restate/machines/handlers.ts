import {
  checkId,
  endEvent,
  EventError,
  longestChain,
  endlessChain,
  machineFailed,
  noInstance,
  notEnded,
  wasRemoved,
} from '../../engine/index.ts';
import { MillraceError, toErrorRecord } from '../../core/index.ts';
import { decodeJson } from '../../tasks/index.ts';
import type {
  CreateAsks,
  EndedAsks,
  EventAsks,
  EventGives,
  HaltAsks,
  RemoveAsks,
  RingAsks,
  WakeAsks,
} from './contract.ts';
import { change, dropAll, ringAt, sendNow } from './effects.ts';
import type { Turn } from './turn.ts';
import { canWake } from './views.ts';

/** An event of the log that names this instance. */
export function event(turn: Turn, { event: published }: EventAsks): EventGives {
  const { machine, name, state, place } = turn;
  const { events, creates } = machine.module;
  const alias = Object.hasOwn(events, published.name) ? events[published.name] : undefined;
  const facts = { to: 'instance', machine: name.machine, instanceId: name.id } as const;
  if (alias === undefined || (state === undefined && !creates.includes(alias)))
    return { ...facts, created: false, handled: false, available: [] };
  try {
    return turn.whole(() => {
      const contract = place.registry.event(published.name);
      const text = published.payload === undefined ? undefined : JSON.stringify(published.payload);
      const read = contract === undefined ? undefined : decodeJson(contract.payload, text);
      if (read?.ok === false) {
        throw new EventError('MR3302', `The payload of event '${published.name}' is not valid: ${read.problems}`, {
          details: { event: published.name },
        });
      }
      if (state === undefined) turn.createByEvent();
      const payload = read === undefined ? published.payload : read.value;
      const { handled, available } = turn.send({ name: alias, payload });
      return { ...facts, created: state === undefined, handled, ...(handled ? {} : { available }) };
    });
  } catch (thrown) {
    return { ...facts, created: false, handled: false, error: turn.failed(published.name, thrown) };
  }
}

/**
 * A new instance. One that another instance runs tells it when it cannot begin.
 *
 * @throws EventError MR3305, MR3307, MR3311.
 */
export function create(turn: Turn, { context, parent, depth = 0 }: CreateAsks): void {
  try {
    if (depth > longestChain) throw endlessChain(turn.name, '', longestChain);
    if (parent === undefined) checkId(turn.name.id);
    turn.create(context, parent);
  } catch (thrown) {
    if (parent?.token === undefined)
      throw thrown instanceof MillraceError ? thrown : machineFailed(turn.name, '', thrown);
    const { ref, token } = parent;
    const asks = { ref, token, end: { ok: false, error: toErrorRecord(thrown) }, depth: turn.next } as const;
    turn.deeds.push({ do: 'tell', to: { machine: parent.machine, id: parent.id }, handler: 'ended', asks });
  }
}

/** A timer is due, and with it all others that are. */
export function ring(turn: Turn, { token }: RingAsks): void {
  const rings = turn.state?.timers?.find((timer) => timer.token === token);
  if (rings === undefined) return;
  const now = turn.place.clock.now();
  if (rings.due > now) return ringAt(turn, token, rings.due);
  const due = turn.state?.timers?.filter((timer) => timer.due <= now) ?? [];
  for (const timer of due) {
    // One that rang before it may have taken it back.
    if (turn.state?.timers?.some((other) => other.token === timer.token) !== true) continue;
    change(turn, ({ timers = [] }) => ({ timers: timers.filter((other) => other.token !== timer.token) }));
    if (timer.target === undefined) {
      turn.internal({ event: timer.event });
      continue;
    }
    const { id, target, event: sent } = timer;
    turn.whole(() => {
      try {
        sendNow(turn, { id, target, event: sent });
      } catch (thrown) {
        turn.unsent(undefined, thrown);
      }
    });
  }
}

/** What worked for the instance has ended, if it works for it still. */
export function ended(turn: Turn, { token, end }: EndedAsks): void {
  const work = turn.state?.work?.find((item) => item.token === token);
  if (work === undefined) return;
  change(turn, ({ work: all = [] }) => ({ work: all.filter((item) => item.token !== token) }));
  const { kind, name, ref } = work;
  const { registry } = turn.place;
  const schema =
    kind === 'machine'
      ? undefined
      : kind === 'flow'
        ? registry.flow(name)?.contract.output
        : registry.task(name)?.output;
  const output = end.ok && end.output !== undefined ? JSON.stringify(end.output) : undefined;
  turn.internal({ event: endEvent(ref, end.ok ? { ok: true, output } : end, schema, `${kind} '${name}'`) });
}

/** The instance that it works for has left the state. */
export function halt(turn: Turn, { token }: HaltAsks): void {
  const { state } = turn;
  if (state?.status !== 'active' || state.parent?.token !== token) return;
  dropAll(turn);
  const { token: _token, ...parent } = state.parent;
  turn.state = { ...(turn.state ?? state), status: 'stopped', parent, updated: turn.place.clock.now() };
}

/** What was set aside is tried again, in its order, if the machine fits now. */
export function takeParked(turn: Turn): void {
  const { state, machine, place } = turn;
  if (state?.parked === undefined || state.parked.length === 0) return;
  if (!canWake(machine, place.system.version, state)) return;
  change(turn, () => ({ parked: [] }));
  for (const { event: own } of state.parked) turn.internal({ event: own });
}

/** Asked again and again as long as something is set aside. */
export function wake(turn: Turn, { tries }: WakeAsks): void {
  if (tries !== undefined && (turn.state?.parked?.length ?? 0) > 0) turn.wakeAgain(tries);
}

/**
 * The instance goes, with its history.
 *
 * @throws EventError MR3306 there is none; MR3360 it has not ended.
 */
export function remove(turn: Turn, { force = false }: RemoveAsks): void {
  const { state, name } = turn;
  if (state === undefined) throw noInstance(name);
  if (state.status === 'active' && !force) throw notEnded(name);
  turn.whole(() => {
    dropAll(turn);
    turn.tellParent({ ok: false, error: toErrorRecord(wasRemoved(name)) });
  });
  turn.state = undefined;
}
