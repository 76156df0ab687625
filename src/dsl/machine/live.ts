import type { ActionNode, MachineNode, StateNode, TransitionNode } from '../../model/index.ts';
import { present, type Lambda, type Live } from '../live.ts';

/** A declared machine as it lives: the fields of the model's node, with functions and schemas in place of their text. */
export type LiveMachine = Live<MachineNode>;
export type LiveState = Live<StateNode>;
export type LiveTransition = Live<TransitionNode>;
export type LiveAction = Live<ActionNode>;

type One<T> = T | readonly T[];
interface Named {
  readonly name: string;
}
type Aliases = Readonly<Record<string, Named>>;
interface Head {
  readonly events: Aliases;
  readonly creates?: readonly string[];
  readonly flows?: Aliases;
  readonly tasks?: Aliases;
  readonly machines?: Aliases;
}
type WrittenActions = Readonly<Record<string, unknown>>;
interface WrittenTransition extends WrittenActions {
  readonly target?: One<string>;
}
type Go = One<string | WrittenTransition>;
interface WrittenRun {
  readonly flow?: string;
  readonly task?: string;
  readonly machine?: string;
  readonly id?: string;
  readonly input?: Lambda;
  readonly onDone?: Go;
  readonly onError?: Go;
}
interface WrittenState {
  readonly [option: string]: unknown;
  readonly initial?: One<string>;
  readonly parallel?: true;
  readonly history?: string;
  readonly final?: true;
  readonly on?: Readonly<Record<string, Go>>;
  readonly always?: Go;
  readonly after?: Readonly<Record<string, Go>> | readonly (WrittenTransition & { readonly delay: unknown })[];
  readonly entry?: WrittenActions;
  readonly exit?: WrittenActions;
  readonly run?: One<WrittenRun>;
  readonly onDone?: Go;
  readonly states?: Readonly<Record<string, WrittenState>>;
}

/** A machine in the shape of the model. */
export function liveMachine(name: string, head: Head, initial: One<string>, states: object): object {
  const machine = {
    kind: 'machine',
    name,
    ...head,
    events: aliases(head.events),
    creates: head.creates ?? [],
    flows: aliases(head.flows),
    tasks: aliases(head.tasks),
    machines: aliases(head.machines),
    initial: list(initial),
    states: statesOf(states as Readonly<Record<string, WrittenState>>, head),
  };
  return Object.freeze(present(machine));
}

function list<T>(one: One<T> | undefined): readonly T[] {
  return one === undefined ? [] : Array.isArray(one) ? (one as readonly T[]) : [one as T];
}

function aliases(definitions: Aliases | undefined): readonly { readonly alias: string; readonly name: string }[] {
  return Object.entries(definitions ?? {}).map(([alias, { name }]) => ({ alias, name }));
}

function statesOf(states: Readonly<Record<string, WrittenState>> | undefined, head: Head): readonly object[] {
  return Object.entries(states ?? {}).map(([name, state]) => liveState(name, state, head));
}

function liveState(name: string, state: WrittenState, head: Head): object {
  const { parallel, history, final, states, ...rest } = state;
  const type = history ? 'history' : final ? 'final' : parallel ? 'parallel' : states ? 'compound' : 'atomic';
  return present({
    kind: 'state',
    name,
    ...rest,
    type,
    history,
    initial: state.initial === undefined ? undefined : list(state.initial),
    on: Object.entries(state.on ?? {}).map(([event, go]) => ({ event, transitions: transitions(go) })),
    always: transitions(state.always),
    after: afters(state.after),
    entry: actions(state.entry),
    exit: actions(state.exit),
    run: list(state.run).map((run) => liveRun(name, run, head)),
    onDone: transitions(state.onDone),
    states: statesOf(states, head),
  });
}

function afters(after: WrittenState['after']): readonly object[] {
  if (Array.isArray(after))
    return after.map(({ delay, ...transition }: { delay: unknown }) => ({
      delay,
      transitions: transitions(transition),
    }));
  return Object.entries(after ?? {}).map(([delay, go]) => ({ delay, transitions: transitions(go) }));
}

function transitions(go: Go | undefined): readonly object[] {
  return list(go).map((written) => {
    if (typeof written === 'string') return { kind: 'transition', targets: [written], actions: [] };
    const { target, guard, internal, description } = written;
    return present({
      kind: 'transition',
      targets: list(target),
      guard,
      actions: actions(written),
      internal,
      description,
    });
  });
}

// The short form runs in this order, whatever order its keys are written in.
const order = ['assign', 'emit', 'raise', 'start', 'cancel', 'send'] as const;

function actions(written: WrittenActions | undefined): readonly object[] {
  if (written === undefined) return [];
  const short = order.flatMap((key) => list(written[key]).map((value) => action(key, value)));
  return [...short, ...list(written['do'] as One<WrittenActions>).map(oneOf)];
}

function oneOf(written: WrittenActions): object {
  if (typeof written['forEach'] === 'string')
    return { kind: 'forEach', over: listAt(written['forEach']), actions: actions({ do: written['do'] }) };
  if ('when' in written) {
    const otherwise = written['else'] === undefined ? undefined : actions({ do: written['else'] });
    return present({
      kind: 'when',
      condition: written['when'],
      actions: actions({ do: written['do'] }),
      otherwise,
    });
  }
  const [kind, value] = Object.entries(written)[0] ?? ['', undefined];
  return action(kind, value);
}

/** `context.seats` as the lambda that the model has for it. */
function listAt(path: string): Lambda {
  const [holder = '', ...field] = path.split('.');
  return (scope: Readonly<Record<string, Readonly<Record<string, unknown>>>>) => scope[holder]?.[field.join('.')] ?? [];
}

function action(kind: string, value: unknown): object {
  switch (kind) {
    case 'assign':
      return { kind, value };
    case 'cancel':
      return { kind, id: value };
    case 'send': {
      const { event, ...rest } = value as { readonly event: Lambda };
      return { kind, call: event, ...rest };
    }
    default:
      return { kind, call: value };
  }
}

function liveRun(state: string, run: WrittenRun, head: Head): object {
  const { flow, task, machine, id, input } = run;
  const target =
    flow !== undefined
      ? { kind: 'flow', name: head.flows?.[flow]?.name ?? flow }
      : task !== undefined
        ? { kind: 'task', name: head.tasks?.[task]?.name ?? task }
        : { kind: 'machine', name: head.machines?.[machine ?? '']?.name ?? machine };
  const alias = flow ?? task ?? machine;
  return present({
    kind: 'run',
    id: id ?? `${state}.${alias}`,
    target,
    input,
    onDone: transitions(run.onDone),
    onError: transitions(run.onError),
  });
}
