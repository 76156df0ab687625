import { messageOf, toErrorRecord } from '../../core/index.ts';
import {
  addressee,
  asJson,
  badContext,
  EventError,
  newId,
  noMachine,
  payloadText,
  RunError,
  type Sending,
} from '../../engine/index.ts';
import type { Effect, MachineStep } from '../../machine/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import type { InstanceState, SendAsks, TimerState, WorkState } from './contract.ts';
import type { Turn } from './turn.ts';

type Errors = { message: string; at: string }[];

/**
 * Plans what a step asks for, in order. What is sent without delay comes last: when the work of the step has begun, it can
 * be sent to. Gives what could not be done, for the history.
 */
export function carryOut(turn: Turn, { seq }: InstanceState, effects: readonly Effect[]): MachineStep['errors'] {
  const { registry, clock } = turn.place;
  const errors: Errors = [];
  let atOnce: Sending[] = [];
  for (const [index, effect] of effects.entries()) {
    try {
      if (effect.type === 'schedule' || effect.type === 'send') {
        const sending = asJson(registry, turn.name.machine, { ...effect, id: effect.id });
        if (effect.delay <= 0) atOnce.push(sending);
        else setTimer(turn, sending, clock.now() + effect.delay, stepToken(turn, seq, index));
      } else if (effect.type === 'unschedule') {
        atOnce = atOnce.filter(({ id }) => id !== effect.id);
        turn.takeBack(effect.id);
        change(turn, ({ timers = [] }) => ({ timers: timers.filter(({ id }) => id !== effect.id) }));
      } else turn.whole(() => one(turn, seq, effect, index));
    } catch (thrown) {
      const error = toErrorRecord(thrown);
      if (effect.type === 'run')
        turn.push({ event: { name: `error.run.${effect.id}`, payload: error }, id: undefined });
      if (effect.type === 'schedule' || effect.type === 'send')
        turn.first({ name: 'error.communication', payload: error });
      errors.push({ message: messageOf(thrown), at: effect.type });
    }
  }
  for (const sending of atOnce) {
    try {
      sendNow(turn, sending);
    } catch (thrown) {
      turn.first({ name: 'error.communication', payload: toErrorRecord(thrown) });
      errors.push({ message: messageOf(thrown), at: 'send' });
    }
  }
  return errors;
}

type Deed = Exclude<Effect, { readonly type: 'schedule' | 'send' | 'unschedule' }>;

function one(turn: Turn, seq: number, effect: Deed, index: number): void {
  const { registry, clock, random } = turn.place;
  switch (effect.type) {
    case 'emit': {
      const event = registry.event(effect.event);
      if (event === undefined) throw new EventError('MR3301', `There is no event '${effect.event}'.`);
      const text = payloadText(event, effect.payload);
      const at = clock.now();
      const published = { id: newId('evt', at, random), name: effect.event, at };
      const payload = text === undefined ? {} : { payload: JSON.parse(text) as unknown };
      turn.deeds.push({ do: 'publish', event: { ...published, ...payload } });
      return;
    }
    case 'start': {
      const run = { run: idOf(turn, seq, index), at: clock.now(), ...json(effect.input) };
      knownTarget(turn, 'flow', effect.flow);
      turn.deeds.push({ do: 'begin', kind: 'flow', name: effect.flow, asks: run });
      return;
    }
    case 'run':
      // Entered again without an exit in between: the old work is over.
      stopWork(turn, effect.id);
      begin(turn, { ref: effect.id, ...effect.target, ...json(effect.input) }, idOf(turn, seq, index));
      return;
    case 'stop':
      stopWork(turn, effect.id);
      return;
  }
}

/**
 * Sends at once: to itself as the next events, to others when the plan is carried out.
 *
 * @throws EventError MR3357 when there cannot be anybody.
 */
export function sendNow(turn: Turn, { id, target, event }: Sending): void {
  if (target === undefined) return turn.push({ event, id });
  const by = turn.name;
  const { parent, work = [] } = turn.state ?? {};
  const found = addressee(
    turn.place.registry,
    by,
    {
      parent: parent?.token === undefined ? undefined : { machine: parent.machine, id: parent.id },
      child: (ref) => {
        const child = work.find((item) => item.ref === ref && item.kind === 'machine');
        return child && { machine: child.name, id: child.token };
      },
    },
    target,
    event,
  );
  const { name: to } = found;
  if (to.machine === by.machine && to.id === by.id) return turn.push({ event: found.event, id });
  const asks: SendAsks = {
    event: found.event,
    by,
    target,
    name: event.name,
    creates: found.creates,
    depth: turn.next,
  };
  turn.push({ tell: { do: 'tell', to, handler: 'send', asks }, id });
}

/** Sets a timer: `token` tells it from all others of instances of this id. */
export function setTimer(turn: Turn, { id, target, event }: Sending, due: number, token: string): void {
  const timer: TimerState = {
    token,
    ...(id === undefined ? {} : { id }),
    due,
    ...(target === undefined ? {} : { target }),
    event,
  };
  // Those of one moment ring in the order in which they were set.
  change(turn, ({ timers = [] }) => {
    const at = timers.findIndex((other) => other.due > due);
    return { timers: at < 0 ? [...timers, timer] : [...timers.slice(0, at), timer, ...timers.slice(at)] };
  });
  ringAt(turn, token, due);
}

/** Has the instance called when a timer is due. */
export function ringAt(turn: Turn, token: string, due: number): void {
  const delay = Math.max(0, due - turn.place.clock.now());
  turn.deeds.push({ do: 'tell', to: turn.name, handler: 'ring', asks: { token }, delay });
}

/** What a step of an instance sets in motion has ids of its own, also when one of the same id was removed. */
export const stepToken = ({ life }: Turn, seq: number, index: number): string =>
  `${seq}.${index}${life === 0 ? '' : `~${life + 1}`}`;

export const idOf = (turn: Turn, seq: number, index: number): string =>
  `${turn.name.machine}:${turn.name.id}:${stepToken(turn, seq, index)}`;

/**
 * Begins work for a state.
 *
 * @throws EventError MR3304, MR3307 of an instance; RunError MR3201 of a run.
 */
export function begin(turn: Turn, work: Omit<WorkState, 'token' | 'invocation'>, token: string): void {
  const { kind, name, ref, input } = work;
  const owner = { machine: turn.name.machine, instance: turn.name.id, ref, token };
  if (kind === 'machine') {
    const { registry } = turn.place;
    const machine = registry.machine(name);
    if (machine === undefined) throw noMachine(registry.system, name);
    const to = { machine: name, id: token };
    // As it would be refused there, but now.
    const read = decodeJson(machine.context, JSON.stringify(input ?? {}));
    if (!read.ok) throw badContext(to, read.problems);
    const parent = { ...turn.name, ref, token };
    const asks = { ...(input === undefined ? {} : { context: input }), parent, depth: turn.next };
    turn.deeds.push({ do: 'tell', to, handler: 'create', asks });
  } else {
    knownTarget(turn, kind, name);
    const asks = { run: token, at: turn.place.clock.now(), ...(input === undefined ? {} : { input }), owner };
    turn.deeds.push({ do: 'begin', kind, name, asks });
  }
  change(turn, ({ work: all = [] }) => ({ work: [...all, { ...work, token }] }));
}

function knownTarget({ place: { registry } }: Turn, kind: 'flow' | 'task', name: string): void {
  if (registry.program(kind, name) !== undefined) return;
  throw new RunError('MR3201', `The system '${registry.system.name}' has no ${kind} '${name}'.`);
}

function stopWork(turn: Turn, ref: string): void {
  for (const work of turn.state?.work ?? []) if (work.ref === ref) stop(turn, work);
}

function stop(turn: Turn, { token, kind, name, invocation }: WorkState): void {
  if (kind === 'machine')
    turn.deeds.push({ do: 'tell', to: { machine: name, id: token }, handler: 'halt', asks: { token } });
  else turn.deeds.push({ do: 'cancel', token, ...(invocation === undefined ? {} : { invocation }) });
  change(turn, ({ work = [] }) => ({ work: work.filter((item) => item.token !== token) }));
}

/** Takes all that an instance waits for: its timers and its work. */
export function dropAll(turn: Turn): void {
  for (const work of turn.state?.work ?? []) stop(turn, work);
  change(turn, () => ({ timers: [], work: [], parked: [] }));
}

/** Changes what an instance waits for. */
export function change(
  turn: Turn,
  to: (state: InstanceState) => Partial<Pick<InstanceState, 'timers' | 'work' | 'parked'>>,
): void {
  const { state } = turn;
  if (state !== undefined) turn.state = { ...state, ...to(state) };
}

function json(value: unknown): { readonly input?: unknown } {
  const encoded = encodeJson(value);
  if (!encoded.ok) throw new EventError('MR3302', `The input is not JSON: ${encoded.problems}`, { fault: 'user-code' });
  return encoded.value === undefined ? {} : { input: JSON.parse(encoded.value) as unknown };
}
