import {
  createSystem,
  type Diagnostic,
  type MachineNode,
  type StateNode,
  type SystemModel,
} from '../../model/index.ts';
import { contextOf } from './import/context.ts';
import { constantLambda, definitionName, Importing } from './import/importing.ts';
import { JsonProblem, parseJson, plain, type JsonNode } from './import/json.ts';
import { stateKeys, stateOf } from './import/states.ts';
import { draftTree, isState, memberOf, textOf } from './import/tree.ts';

/** Options of {@link importXstate}. */
export interface ImportXstateOptions {
  /** The file that the text is from, as diagnostics show it. */
  readonly file?: string;
  /** The name of the system and its machine. Default: the `id` of the configuration, else that of the file. */
  readonly name?: string;
}

/** What came of importing a configuration. */
export interface ImportedXstate {
  /** A system with the machine, its events, and a task for each actor. Absent after an error. */
  readonly model?: SystemModel;
  /** The name of the machine in the model. */
  readonly machine?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const rootKeys = [...stateKeys, 'context', 'version', 'types', 'key', '$schema'];

/**
 * Imports a machine configuration of XState 5, as JSON text or as an object. Guards, actions and delays are only named
 * there: they become functions that throw until somebody fills them in, actors become tasks; each is said (MR1755). What
 * has no equivalent is a warning (MR1754), what is not understood an error with its place. Never throws for bad input.
 *
 * @example
 * ```ts
 * import { importXstate } from 'millrace/convert';
 *
 * const { model, diagnostics } = importXstate(
 *   '{ "id": "door", "initial": "shut", "states": { "shut": { "on": { "opened": "open" } }, "open": {} } }',
 *   { file: 'door.json' },
 * );
 * Object.keys(model?.events ?? {}); // ['opened']
 * diagnostics; // []
 * ```
 */
export function importXstate(input: string | object, options: ImportXstateOptions = {}): ImportedXstate {
  const { file = 'machine.json' } = options;
  const text = typeof input === 'string' ? input : (textOfObject(input) ?? '');
  const to = new Importing(file, text);
  const root = parseJson(text);
  if (root instanceof JsonProblem) {
    const [code, prefix] = root.isDeep ? ['MR1756', ''] : ['MR1750', 'This is not JSON: '];
    to.report(code, 'error', { start: root.at, end: root.at + 1 }, `${prefix}${root.message}`);
    return { diagnostics: to.diagnostics };
  }
  if (root.kind !== 'object' || memberOf(root, 'states') === undefined) {
    const hint = 'A configuration is an object with `states`, as it is given to `createMachine`.';
    to.report(
      'MR1751',
      'error',
      { start: root.start, end: root.start + 1 },
      'This is no configuration of XState.',
      hint,
    );
    return { diagnostics: to.diagnostics };
  }
  const base = file.replace(/^.*[\\/]/, '').replace(/\..*$/, '');
  const name = definitionName(options.name ?? textOf(root, 'id') ?? (base === '' ? 'machine' : base), new Set());
  const machine = machineOf(to, root, name);
  if (to.diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics: to.diagnostics };
  const { location } = machine;
  const version = textOf(root, 'version') ?? '';
  const payload = { kind: 'schema', text: 'z.looseObject({ id: z.string() })', uses: ['z'], location } as const;
  const events = [...to.events.values()].map((event) => ({
    kind: 'event' as const,
    name: event.name,
    payload,
    location: event.at,
  }));
  const model = createSystem({
    name,
    version: /^\d+\.\d+\.\d+$/.test(version) ? version : '1.0.0',
    events: Object.fromEntries(events.map((event) => [event.name, event])),
    tasks: to.tasks,
    machines: { [name]: machine },
    locals: to.locals,
    imports: { z: { kind: 'import', name: 'z', imported: 'z', from: 'zod', typeOnly: false, location } },
    location,
  });
  return { model, machine: name, diagnostics: to.diagnostics };
}

/** A function is known by its name. What holds itself is no JSON. */
function textOfObject(input: object): string | undefined {
  try {
    return JSON.stringify(input, (key, value: unknown) => (typeof value === 'function' ? value.name || key : value), 2);
  } catch {
    return undefined;
  }
}

function machineOf(to: Importing, root: JsonNode, name: string): MachineNode {
  const tree = draftTree(to, root, name);
  const top = stateOf(to, tree, tree.root, rootKeys);
  const { states, initial } = withoutRoot(to, root, top);
  const location = to.location({ start: root.start, end: root.start + 1 });
  const context = contextOf(to, root, memberOf(root, 'context'));
  const meta = to.stateMeta;
  return {
    kind: 'machine',
    name,
    ...(top.description === undefined ? {} : { description: top.description }),
    ...(top.tags === undefined ? {} : { tags: top.tags }),
    ...(Object.keys(meta).length === 0 ? {} : { metadata: { meta: meta as never } }),
    key: 'id',
    context,
    events: [...to.events].map(([alias, event]) => ({ alias, name: event.name })),
    creates: [],
    flows: [],
    tasks: Object.keys(to.tasks).map((task) => ({ alias: task, name: task })),
    machines: [],
    initial,
    states,
    location,
  };
}

/** A machine is no state here: what the root does there, a state around all the others does. */
function withoutRoot(
  to: Importing,
  root: JsonNode,
  top: StateNode,
): { readonly states: readonly StateNode[]; readonly initial: readonly string[] } {
  const { onDone, states, type, name, initial } = top;
  const first = states.find((state) => state.type !== 'history')?.name;
  if (!isState(root)) return { states, initial: initial ?? (first === undefined ? [] : [first]) };
  const { description: _, tags: __, ...around } = top;
  const ends = type === 'parallel' || states.some((state) => state.type === 'final');
  if (!ends) return { states: [around], initial: [name] };
  const { location } = top;
  let end = `${name}Done`;
  while (to.stateMeta[end] !== undefined || hasState(states, end)) end += '_';
  const output = memberOf(root, 'output');
  const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [], states: [] };
  const over = { kind: 'transition', targets: [end], actions: [], location } as const;
  const final: StateNode = {
    kind: 'state',
    name: end,
    type: 'final',
    ...nothing,
    ...(output === undefined ? {} : { output: constantLambda(plain(output.value), location) }),
    location,
  };
  return { states: [{ ...around, onDone: [...onDone, over] }, final], initial: [name] };
}

function hasState(states: readonly StateNode[], name: string): boolean {
  return states.some((state) => state.name === name || hasState(state.states, name));
}
