import { milliseconds } from '../../../core/index.ts';
import type {
  ActionNode,
  ExpressionNode,
  StateNode,
  SystemModel,
  TaskNode,
  TransitionNode,
} from '../../../model/index.ts';
import type { Json } from '../../xstate/import/json.ts';
import { typesOfSchema } from '../field-types.ts';
import { compact, filled, record, texts, type Leaving } from './leaving.ts';

/** What guards and actions are called there. */
export interface Naming {
  readonly functions: Readonly<Record<string, Json>>;
  /** By name, with what is said about them. */
  readonly guards: Record<string, Json>;
}

/** What the metadata of the machine says about a state. */
interface About {
  readonly naming: Naming;
  readonly agents: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  /** The tasks by the names of the contracts. */
  readonly contracts: Readonly<Record<string, Json>>;
  readonly meta: Readonly<Record<string, Json>>;
}

/** A state as a table. */
export function stateTable(to: Leaving, model: SystemModel, state: StateNode, about: About): object {
  const { name, type, description, location, states, on, entry, exit } = state;
  const what = `the state '${name}'`;
  if (states.length > 0 || (type !== 'atomic' && type !== 'final')) {
    to.lost(location, `The ${states.length > 0 && type === 'atomic' ? 'compound' : type} state '${name}'`, 'error');
    return {};
  }
  to.rest(state, what, ['type', 'description', 'on', 'after', 'entry', 'exit']);
  for (const key of Object.keys(about.meta))
    if (!['agents', 'required_resources', 'contracts'].includes(key))
      to.lost(location, `'${key}' in the metadata of ${what}`);
  const handlers = on.flatMap(({ event, transitions }) =>
    transitions.map((transition) => handler(to, about.naming, event, transition, name)),
  );
  const contracts = Object.entries(about.contracts).flatMap(([contract, task]): [string, unknown][] => {
    const node = model.tasks[String(task)];
    return node === undefined ? [] : [[contract, contractTable(to, node, about)]];
  });
  return compact({
    description,
    entry_actions: actions(to, about.naming, entry),
    exit_actions: actions(to, about.naming, exit),
    terminal: type === 'final' ? true : undefined,
    ...timeout(to, state, what),
    agents: about.agents,
    required_resources: about.resources,
    handlers: filled(handlers),
    contracts: filled(Object.fromEntries(contracts)),
  });
}

function handler(to: Leaving, naming: Naming, event: string, transition: TransitionNode, state: string): object {
  const { targets, guard, description, location } = transition;
  const [target, second] = targets;
  if (second !== undefined) to.lost(location, 'A second target', 'error');
  if (transition.internal === true && target !== undefined) to.lost(location, "'internal' of a transition");
  return compact({
    description,
    event,
    target,
    guard: guard === undefined ? undefined : guardName(to, naming, guard, `${state}-${event}`),
    actions: actions(to, naming, transition.actions),
  });
}

function isName(node: ExpressionNode): boolean {
  return node.lambda === undefined && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(node.text);
}

/** The name of a function; a lambda gets one, and what it says is told in words. */
function guardName(to: Leaving, { functions, guards }: Naming, node: ExpressionNode, wanted: string): string {
  if (isName(node)) {
    const name = String(functions[node.text] ?? node.text);
    guards[name] ??= '';
    return name;
  }
  let name = wanted;
  for (let next = 2; guards[name] !== undefined && guards[name] !== node.text; next++) name = `${wanted}-${next}`;
  guards[name] = node.text;
  to.lost(node.location, `The code of a guard, called '${name}' there,`);
  return name;
}

function actions(to: Leaving, { functions }: Naming, list: readonly ActionNode[]): readonly string[] | undefined {
  const names = list.flatMap((action) => {
    if (action.kind === 'assign' && isName(action.value))
      return String(functions[action.value.text] ?? action.value.text);
    to.lost(action.location, `The action \`${action.kind}\``);
    return [];
  });
  return filled(names);
}

/** One timer of a constant time that only goes somewhere. */
function timeout(to: Leaving, { after }: StateNode, what: string): object {
  let found: object = {};
  for (const { delay, transitions, location } of after) {
    const [only, second] = transitions;
    const isPlain =
      only !== undefined &&
      second === undefined &&
      only.guard === undefined &&
      only.actions.length === 0 &&
      only.targets.length === 1;
    const isFirst = Object.keys(found).length === 0;
    if (!isFirst || !isPlain || typeof delay !== 'string' || milliseconds(delay) <= 0) {
      to.lost(location, `A timer of ${what}`);
      continue;
    }
    if (only.internal === true || only.description !== undefined)
      to.lost(only.location, `What else a timer of ${what} says`);
    found = { timeout_seconds: milliseconds(delay) / 1000, timeout_target: only.targets[0] };
  }
  return found;
}

function contractTable(to: Leaving, task: TaskNode, { meta }: About): object {
  const { name, description, input, output, needs, model, location } = task;
  const what = `the task '${name}'`;
  to.rest(task, what, ['description', 'input', 'output', 'needs', 'model']);
  const required = texts(meta['required_resources']);
  if (needs !== undefined && JSON.stringify(needs) !== JSON.stringify({ resources: required }))
    to.lost(location, `'needs' of ${what}`);
  const [agent] = texts(meta['agents']);
  const isKnown = model?.agent === agent && (model === undefined || Object.keys(model).length === 2);
  const contract = Object.entries(record(meta['contracts'])).find(([, each]) => each === name)?.[0] ?? name;
  if (!isKnown || (model !== undefined && model.prompt !== (description ?? `Do '${contract}'.`)))
    to.lost(location, `'model' of ${what}`);
  const fields = (schema: TaskNode['input'], which: string): object | undefined => {
    const types = typesOfSchema(schema.text);
    if (types === undefined) return to.lost(schema.location, `The ${which} of ${what}`);
    return filled(Object.fromEntries(types));
  };
  return compact({ description, input: fields(input, 'input'), output: fields(output, 'output') });
}
