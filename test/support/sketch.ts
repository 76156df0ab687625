import type { Duration } from 'millrace/core';
import type {
  ActionNode,
  CallNode,
  ExpressionNode,
  MachineNode,
  RunNode,
  StateNode,
  TransitionNode,
} from 'millrace/model';
import type {
  ActionDefinition,
  ContextSchema,
  CallDefinition,
  MachineDefinition,
  RunDefinition,
  StateDefinition,
  TransitionDefinition,
} from 'millrace/machine';

/** Shorthand for machines in tests: lambdas are texts, so that one sketch gives a node to compile and a live definition. */
export interface StateSketch {
  readonly initial?: string | readonly string[];
  readonly type?: 'parallel' | 'final' | 'history';
  readonly history?: 'shallow' | 'deep';
  readonly on?: Readonly<Record<string, Go>>;
  readonly always?: Go;
  readonly after?: Readonly<Record<string, Go>>;
  readonly entry?: readonly ActionSketch[];
  readonly exit?: readonly ActionSketch[];
  readonly run?: readonly RunSketch[];
  readonly onDone?: Go;
  readonly output?: string;
  /** A predicate of the context, as a lambda. */
  readonly context?: string;
  readonly states?: Readonly<Record<string, StateSketch>>;
}
export type Go = string | TransitionSketch | readonly TransitionSketch[];
export interface TransitionSketch {
  readonly target?: string | readonly string[];
  readonly guard?: string;
  readonly actions?: readonly ActionSketch[];
  readonly internal?: true;
}
/**
 * `['assign', lambda]`, `['emit' | 'raise' | 'start', name, argument lambda]`, `['send', name, argument lambda, options]`,
 * `['cancel', id]`, `['forEach', list lambda, actions]`, `['when', condition lambda, actions, otherwise]`. An id, a delay
 * or a target may be a lambda.
 */
export type ActionSketch =
  | readonly ['assign', string]
  | readonly ['emit' | 'raise' | 'start', string, string?]
  | readonly ['send', string, (string | undefined)?, SendSketch?]
  | readonly ['cancel', string]
  | readonly ['forEach', string, Block]
  | readonly ['when', string, Block, Block?];
interface Block extends ReadonlyArray<ActionSketch> {}
interface SendSketch {
  readonly id?: string;
  readonly delay?: string;
  readonly target?: string;
}
export interface RunSketch {
  readonly id: string;
  readonly target?: { readonly kind: 'flow' | 'task' | 'machine'; readonly name: string };
  readonly input?: string;
  readonly onDone?: Go;
  readonly onError?: Go;
}
export interface MachineSketch {
  readonly events?: readonly string[];
  readonly creates?: readonly string[];
  readonly initial: string | readonly string[];
  readonly states: Readonly<Record<string, StateSketch>>;
}

let line = 0;
const here = () => ({ location: { file: 'sketch.dsl.ts', line: ++line, column: 1, endLine: line, endColumn: 2 } });
const listed = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Reads `(parameter) => body`. */
function expression(text: string): ExpressionNode {
  const lambda = /^\((.*?)\) => (.*)$/s.exec(text);
  if (lambda === null) throw new Error(`not a lambda: ${text}`);
  const [, parameter = '', written = ''] = lambda;
  const body = /^\((\{.*\})\)$/s.exec(written)?.[1] ?? written;
  const block = written.startsWith('{');
  const plain = /^(?:\{ ([\w, ]+) \})?$/.exec(parameter);
  const reads = plain === null ? {} : { reads: plain[1]?.split(', ') ?? [] };
  return { kind: 'expression', text, uses: [], lambda: { parameter, ...reads, body, block }, ...here() };
}

function call(kind: CallNode['target']['kind'], name: string, argument: string | undefined): CallNode {
  const read = expression(argument ?? '() => undefined');
  const inner = argument === undefined ? '' : (read.lambda?.body ?? '');
  const body = `${name}(${inner})`;
  const parameter = read.lambda?.parameter ?? '';
  const lambda = {
    ...read,
    text: `(${parameter}) => ${body}`,
    lambda: { ...read.lambda, parameter, body, block: false },
  };
  return { kind: 'call', target: { kind, name }, lambda, argument: inner, ...here() };
}

const constantOr = (text: string): string | ExpressionNode => (text.includes('=>') ? expression(text) : text);

function action(sketch: ActionSketch): ActionNode {
  const [kind] = sketch;
  switch (kind) {
    case 'assign':
      return { kind, value: expression(sketch[1]), ...here() };
    case 'cancel':
      return { kind, id: constantOr(sketch[1]), ...here() };
    case 'forEach':
      return { kind, over: expression(sketch[1]), actions: sketch[2].map(action), ...here() };
    case 'when': {
      const otherwise = sketch[3]?.map(action);
      const actions = sketch[2].map(action);
      return { kind, condition: expression(sketch[1]), actions, ...(otherwise && { otherwise }), ...here() };
    }
    case 'send': {
      const { id, delay, target } = sketch[3] ?? {};
      return {
        kind,
        call: call('event', sketch[1], sketch[2]),
        ...(id === undefined ? {} : { id: constantOr(id) }),
        ...(delay === undefined ? {} : { delay: constantOr(delay) as Duration | ExpressionNode }),
        ...(target === undefined ? {} : { target: constantOr(target) }),
        ...here(),
      };
    }
    default:
      return { kind, call: call(kind === 'start' ? 'flow' : 'event', sketch[1], sketch[2]), ...here() };
  }
}

function transitions(go: Go | undefined): readonly TransitionNode[] {
  if (go === undefined) return [];
  const all: readonly TransitionSketch[] = typeof go === 'string' ? [{ target: go }] : 'length' in go ? go : [go];
  return all.map(({ target, guard, actions = [], internal }) => ({
    kind: 'transition',
    targets: listed(target),
    ...(guard === undefined ? {} : { guard: expression(guard) }),
    actions: actions.map(action),
    ...(internal === undefined ? {} : { internal }),
    ...here(),
  }));
}

const run = ({ id, target, input, onDone, onError }: RunSketch): RunNode => ({
  kind: 'run',
  id,
  target: target ?? { kind: 'flow', name: id },
  ...(input === undefined ? {} : { input: expression(input) }),
  onDone: transitions(onDone),
  onError: transitions(onError),
  ...here(),
});

function state(name: string, sketch: StateSketch): StateNode {
  const states = Object.entries(sketch.states ?? {}).map(([child, inner]) => state(child, inner));
  return {
    kind: 'state',
    name,
    type: sketch.type ?? (states.length > 0 ? 'compound' : 'atomic'),
    ...(sketch.initial === undefined ? {} : { initial: listed(sketch.initial) }),
    on: Object.entries(sketch.on ?? {}).map(([event, go]) => ({ event, transitions: transitions(go), ...here() })),
    always: transitions(sketch.always),
    after: Object.entries(sketch.after ?? {}).map(([delay, go]) => ({
      delay: delay.includes('=>') ? expression(delay) : (delay as Duration),
      transitions: transitions(go),
      ...here(),
    })),
    entry: (sketch.entry ?? []).map(action),
    exit: (sketch.exit ?? []).map(action),
    run: (sketch.run ?? []).map(run),
    onDone: transitions(sketch.onDone),
    ...(sketch.output === undefined ? {} : { output: expression(sketch.output) }),
    ...(sketch.context === undefined
      ? {}
      : { context: { kind: 'schema' as const, text: sketch.context, uses: [], ...here() } }),
    ...(sketch.history === undefined ? {} : { history: sketch.history }),
    states,
    ...here(),
  };
}

/** The node that a sketch stands for. */
export function sketchMachine(name: string, sketch: MachineSketch): MachineNode {
  return {
    kind: 'machine',
    name,
    key: 'id',
    context: { kind: 'schema', text: 'z.record(z.string(), z.number())', uses: [], ...here() },
    events: (sketch.events ?? []).map((alias) => ({ alias, name: alias })),
    creates: sketch.creates ?? [],
    flows: [],
    tasks: [],
    machines: [],
    initial: listed(sketch.initial),
    states: Object.entries(sketch.states).map(([child, inner]) => state(child, inner)),
    ...here(),
  };
}

const live = (text: string): ((scope: never) => never) =>
  new Function(`return (${text});`)() as (scope: never) => never;

const liveCall = ({ target, lambda, argument }: CallNode): CallDefinition =>
  argument === '' ? { target } : { target, argument: live(`(${lambda.lambda?.parameter ?? ''}) => (${argument})`) };

const liveOr = <T extends string>(value: T | ExpressionNode) => (typeof value === 'string' ? value : live(value.text));

function liveAction(node: ActionNode): ActionDefinition {
  const { kind } = node;
  switch (kind) {
    case 'assign':
      return { kind, value: live(node.value.text) };
    case 'cancel':
      return { kind, id: liveOr(node.id) };
    case 'forEach':
      return { kind, over: live(node.over.text), actions: node.actions.map(liveAction) };
    case 'when': {
      const otherwise = node.otherwise?.map(liveAction);
      const actions = node.actions.map(liveAction);
      return { kind, condition: live(node.condition.text), actions, ...(otherwise && { otherwise }) };
    }
    case 'send':
      return {
        kind,
        call: liveCall(node.call),
        ...(node.id === undefined ? {} : { id: liveOr(node.id) }),
        ...(node.delay === undefined ? {} : { delay: liveOr(node.delay) }),
        ...(node.target === undefined ? {} : { target: liveOr(node.target) }),
      };
    default:
      return { kind, call: liveCall(node.call) };
  }
}

/** The schema of a sketch: what its predicate says of the context. */
export function sketchSchema(predicate: string): ContextSchema {
  const fits: (context: never) => boolean = live(predicate);
  return {
    '~standard': {
      validate: (value) => (fits(value as never) ? {} : { issues: [{ message: 'does not fit', path: ['n'] }] }),
    },
  };
}

const liveTransitions = (nodes: readonly TransitionNode[]): readonly TransitionDefinition[] =>
  nodes.map(({ targets, guard, actions, internal }) => ({
    targets,
    ...(guard === undefined ? {} : { guard: live(guard.text) }),
    actions: actions.map(liveAction),
    ...(internal === undefined ? {} : { internal }),
  }));

const liveRun = ({ id, target, input, onDone, onError }: RunNode): RunDefinition => ({
  id,
  target,
  ...(input === undefined ? {} : { input: live(input.text) }),
  onDone: liveTransitions(onDone),
  onError: liveTransitions(onError),
});

const liveState = (node: StateNode): StateDefinition => ({
  name: node.name,
  type: node.type,
  ...(node.initial === undefined ? {} : { initial: node.initial }),
  ...(node.history === undefined ? {} : { history: node.history }),
  ...(node.output === undefined ? {} : { output: live(node.output.text) }),
  ...(node.context === undefined ? {} : { context: sketchSchema(node.context.text) }),
  on: node.on.map(({ event, transitions }) => ({ event, transitions: liveTransitions(transitions) })),
  always: liveTransitions(node.always),
  after: node.after.map(({ delay, transitions }) => ({
    delay: typeof delay === 'string' ? delay : live(delay.text),
    transitions: liveTransitions(transitions),
  })),
  entry: node.entry.map(liveAction),
  exit: node.exit.map(liveAction),
  run: node.run.map(liveRun),
  onDone: liveTransitions(node.onDone),
  states: node.states.map(liveState),
});

/** Gives a node without outside references its life. */
export function enliven({ name, key, events, creates, initial, states }: MachineNode): MachineDefinition {
  return { name, hash: 'sketch', key, events, creates, initial, states: states.map(liveState) };
}
