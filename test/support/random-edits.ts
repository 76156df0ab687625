/** Random lists of edits that can be applied to a system, of every operation and for every kind of thing. */
import {
  applyEdits,
  visitStates,
  visitSteps,
  type BodyNode,
  type Edit,
  type FlowNode,
  type MachineNode,
  type StateNode,
  type StepNode,
  type SystemModel,
} from 'millrace/model';

/** A list of edits, and the system that they give. */
export interface RandomEdits {
  readonly edits: readonly Edit[];
  readonly model: SystemModel;
}

export interface RandomEditsOptions {
  /** How many edits at most. Default 4. */
  readonly count?: number;
  /** Operations that may be used. Default: all. */
  readonly ops?: readonly Edit['op'][];
  /** Whether a system that an edit gives can be used; an edit whose system cannot is left out. */
  readonly fits?: (model: SystemModel) => boolean;
}

type Random = () => number;
type Maker = (model: SystemModel, random: Random) => Edit | undefined;

/**
 * Edits that follow one another and are not refused, the same ones for the same numbers. Names that stand in something
 * else's way, or in quotes in a path, come up on purpose.
 */
export function randomEdits(model: SystemModel, random: Random, options: RandomEditsOptions = {}): RandomEdits {
  const { count = 4, ops, fits = () => true } = options;
  const edits: Edit[] = [];
  let now = model;
  for (let left = 1 + Math.floor(random() * count); left > 0; left -= 1) {
    const edit = pick(makers, random)?.(now, random);
    if (edit === undefined || (ops !== undefined && !ops.includes(edit.op))) continue;
    // The whole list, since the edits of one list may contradict each other.
    const { system } = applyEdits(model, [...edits, edit]);
    if (system === undefined || !fits(system)) continue;
    edits.push(edit);
    now = system;
  }
  return { edits, model: now };
}

function pick<T>(all: readonly T[], random: Random): T | undefined {
  return all[Math.floor(random() * all.length)];
}

const location = { file: 'none.ts', line: 1, column: 1, endLine: 1, endColumn: 1 };
const texts = ["it's", 'plain', 'two\nlines', 'ünïcode 字', '*/ end', '`tick` ${x}', ''];
const schemas = ['z.object({ a: z.string(), b: z.number().optional() })', 'z.string()', "z.enum(['a', \"b'c\"])"];
const durations = ['250ms', '30s', '2h', '3d'];

const quoted = (name: string): string => (/^[^\s./[\]"'`]+$/.test(name) ? name : JSON.stringify(name));
const maps = ['events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'contexts'] as const;

function anyDefinition(model: SystemModel, random: Random, among: readonly (typeof maps)[number][] = maps) {
  const all = among.flatMap((map) => Object.values(model[map]).map((node) => ({ map, node })));
  const found = pick(all, random);
  return found === undefined ? undefined : { ...found, path: `${found.map}.${quoted(found.node.name)}` };
}

/** A name that is new, and sometimes one that is not, or that means something in code. */
function newName(model: SystemModel, random: Random): string {
  const n = Math.floor(random() * 1000);
  return (
    pick(
      [
        `fresh${n}`,
        `fresh${n}`,
        `fresh${n}`,
        `Fresh_${n}`,
        `new.name${n}`,
        'input',
        'result',
        anyDefinition(model, random)?.node.name ?? 'other',
      ],
      random,
    ) ?? 'fresh'
  );
}

function anyFlow(model: SystemModel, random: Random): { flow: FlowNode; path: string } | undefined {
  const flow = pick(Object.values(model.flows), random);
  return flow === undefined ? undefined : { flow, path: `flows.${quoted(flow.name)}` };
}

interface StepSpot {
  readonly step: StepNode;
  readonly path: string;
  readonly body: BodyNode;
}

function anyStep(model: SystemModel, random: Random): StepSpot | undefined {
  const flow = anyFlow(model, random);
  const all: StepSpot[] = [];
  if (flow !== undefined) {
    visitSteps(flow.flow, (step, place) => {
      const names = place.path.split('/').map(quoted).join('/');
      all.push({ step, path: `${flow.path}.body.${names}`, body: place.body });
    });
  }
  return pick(all, random);
}

const nameOf = (step: StepNode): string => (step.kind === 'returns' ? '~returns' : step.id);

function anyMachine(model: SystemModel, random: Random): { machine: MachineNode; path: string } | undefined {
  const machine = pick(Object.values(model.machines), random);
  return machine === undefined ? undefined : { machine, path: `machines.${quoted(machine.name)}` };
}

function anyState(model: SystemModel, random: Random) {
  const found = anyMachine(model, random);
  if (found === undefined) return undefined;
  const states: StateNode[] = [];
  visitStates(found.machine, (state) => states.push(state));
  const state = pick(states, random);
  return state === undefined
    ? undefined
    : { ...found, state, at: `${found.path}.states.${quoted(state.name)}`, states };
}

/** The lists of transitions of a state that have some, with their paths. */
function transitionLists(state: StateNode, at: string): readonly { readonly path: string; readonly length: number }[] {
  return [
    ...state.on.map(({ event, transitions }) => ({ path: `${at}.on.${quoted(event)}`, length: transitions.length })),
    { path: `${at}.always`, length: state.always.length },
    { path: `${at}.onDone`, length: state.onDone.length },
    ...state.run.map(({ id, onDone }) => ({ path: `${at}.run.${quoted(id)}.onDone`, length: onDone.length })),
    ...state.after.map(({ transitions }, index) => ({ path: `${at}.after[${index}]`, length: transitions.length })),
  ].filter(({ length }) => length > 0);
}

const makers: readonly Maker[] = [
  (_model, random) => ({ op: 'set', path: 'version', value: `9.${Math.floor(random() * 90)}.0` }),
  (_model, random) => ({ op: 'set', path: 'description', value: pick(texts, random) }),
  (_model, random) => ({ op: 'set', path: 'tags', value: [pick(texts, random), { key: 'team', value: 'a' }] }),
  describe,
  describe,
  policy,
  policy,
  schema,
  addDefinition,
  addDefinition,
  removeDefinition,
  renameDefinition,
  renameDefinition,
  moveDefinition,
  addStep,
  removeStep,
  renameStep,
  renameStep,
  moveStep,
  setStep,
  addState,
  removeState,
  renameState,
  renameState,
  moveState,
  setState,
  addTransition,
  changeTransition,
  changeTransition,
  renameInside,
  renameLocal,
];

function describe(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random);
  if (found === undefined) return undefined;
  const path = `${found.path}.description`;
  if (found.node.description !== undefined && random() < 0.3) return { op: 'remove', path };
  return { op: 'set', path, value: pick(texts, random) };
}

function policy(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random, ['tasks']);
  const fields = [
    ['retry', { attempts: 7, backoff: 'linear', delay: '3s' }],
    ['retry', undefined],
    ['timeout', pick(durations, random)],
    ['metadata', { 'a-b': [1, { c: null }], d: "it's" }],
    ['errors', ['E_ONE', `E${Math.floor(random() * 100)}`]],
    ['idempotent', random() < 0.5],
  ] as const;
  const [field, value] = pick(fields, random) ?? fields[0];
  return found === undefined ? undefined : { op: 'set', path: `${found.path}.${field}`, value };
}

function schema(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random, ['tasks', 'events', 'flows']);
  if (found === undefined || model.imports['z'] === undefined) return undefined;
  const field = found.map === 'events' ? 'payload' : random() < 0.5 && found.map === 'tasks' ? 'output' : 'input';
  const value = { kind: 'schema', text: pick(schemas, random), uses: ['z'], location };
  return { op: 'set', path: `${found.path}.${field}`, value };
}

function addDefinition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random);
  if (found === undefined) return undefined;
  const name = newName(model, random);
  const file = pick(model.files, random);
  const node: object = found.map === 'contexts' ? { ...found.node, members: [], dependencies: [] } : found.node;
  const value = { ...structuredClone(node), name };
  return { op: 'add', path: `${found.map}.${quoted(name)}`, value, ...(file !== undefined && { file }) };
}

function removeDefinition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random);
  return found && { op: 'remove', path: found.path };
}

function renameDefinition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random);
  return found && { op: 'rename', path: found.path, to: newName(model, random) };
}

function moveDefinition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyDefinition(model, random, ['events', 'tasks', 'flows', 'machines']);
  const into = pick(model.files, random);
  return found === undefined || into === undefined ? undefined : { op: 'move', path: found.path, into };
}

function addStep(model: SystemModel, random: Random): Edit | undefined {
  const found = anyStep(model, random);
  if (found === undefined) return undefined;
  const id = `nap${Math.floor(random() * 1000)}`;
  const path = found.path.replace(/(?:"(?:[^"\\]|\\.)*"|[^./]+)$/, () => id);
  const before = pick([undefined, nameOf(found.step)], random);
  const last = found.body.steps.at(-1);
  // A step behind `returns` would never run.
  const place = before ?? (last?.kind === 'returns' ? '~returns' : undefined);
  return {
    op: 'add',
    path,
    value: { kind: 'sleep', id, time: pick(durations, random), location },
    ...(place !== undefined && { before: place }),
  };
}

function removeStep(model: SystemModel, random: Random): Edit | undefined {
  const found = anyStep(model, random);
  return found && { op: 'remove', path: found.path };
}

function renameStep(model: SystemModel, random: Random): Edit | undefined {
  const found = anyStep(model, random);
  return (
    found && {
      op: 'rename',
      path: found.path,
      to: pick([newName(model, random).replace('.', '-'), newName(model, random)], random) ?? 'x',
    }
  );
}

function moveStep(model: SystemModel, random: Random): Edit | undefined {
  const found = anyStep(model, random);
  const before = found && pick(found.body.steps, random);
  if (found === undefined || before === undefined || found.step.kind === 'returns') return undefined;
  return { op: 'move', path: found.path, before: nameOf(before) };
}

function setStep(model: SystemModel, random: Random): Edit | undefined {
  const found = anyStep(model, random);
  if (found === undefined) return undefined;
  const { step, path } = found;
  if (step.kind === 'step') {
    return pick<Edit>(
      [
        { op: 'set', path: `${path}.timeout`, value: pick(durations, random) },
        { op: 'set', path: `${path}.retry`, value: { attempts: 2 } },
        { op: 'set', path: `${path}.undo`, value: undefined },
      ],
      random,
    );
  }
  if (step.kind === 'sleep') return { op: 'set', path: `${path}.time`, value: pick(durations, random) };
  if (step.kind === 'waitFor') return { op: 'set', path: `${path}.timeout`, value: pick(durations, random) };
  if (step.kind === 'map' || step.kind === 'parallel') return { op: 'set', path: `${path}.concurrency`, value: 2 };
  return undefined;
}

function addState(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  if (found === undefined) return undefined;
  const name = random() < 0.9 ? `s${Math.floor(random() * 1000)}` : newName(model, random);
  const lists = { on: [], always: [], entry: [], exit: [], run: [], onDone: [], states: [] };
  const after = [
    { delay: '5m', transitions: [{ kind: 'transition', targets: [name], actions: [], location }], location },
  ];
  const value = { kind: 'state', name, type: 'atomic', ...lists, after, location };
  const { type, states } = found.state;
  const into =
    (type === 'compound' || type === 'parallel') && states.length > 0 && random() < 0.6 ? found.state : undefined;
  const before = into === undefined || random() < 0.5 ? undefined : into.states[0]?.name;
  return {
    op: 'add',
    path: `${found.path}.states.${quoted(name)}`,
    value,
    ...(into !== undefined && { into: into.name }),
    ...(before !== undefined && { before }),
  };
}

function removeState(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  return found && { op: 'remove', path: found.at };
}

function renameState(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  return (
    found && {
      op: 'rename',
      path: found.at,
      to: random() < 0.8 ? `State${Math.floor(random() * 1000)}` : newName(model, random),
    }
  );
}

function moveState(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  if (found === undefined) return undefined;
  const siblings = found.states.find(({ states }) => states.includes(found.state))?.states ?? found.machine.states;
  const before = pick(siblings, random);
  const into = pick(found.states, random);
  if (random() < 0.7) return { op: 'move', path: found.at, ...(before !== undefined && { before: before.name }) };
  return { op: 'move', path: found.at, into: into?.type === 'compound' ? into.name : '' };
}

function setState(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  if (found === undefined || found.state.type === 'history') return undefined;
  const field = pick(['description', 'tags'] as const, random);
  return { op: 'set', path: `${found.at}.${field}`, value: field === 'tags' ? ['attention'] : pick(texts, random) };
}

function addTransition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  if (found === undefined || found.state.type === 'history' || found.state.type === 'final') return undefined;
  const target = pick(found.states, random);
  const value = { kind: 'transition', targets: target === undefined ? [] : [target.name], actions: [], location };
  const event = pick(found.machine.events, random)?.alias;
  const list = pick(transitionLists(found.state, found.at), random);
  if (event !== undefined && !found.state.on.some((each) => each.event === event) && random() < 0.5) {
    return { op: 'add', path: `${found.at}.on.${quoted(event)}`, value: { event, transitions: [value], location } };
  }
  if (list === undefined) return { op: 'add', path: `${found.at}.always[${found.state.always.length}]`, value };
  return { op: 'add', path: `${list.path}[${Math.floor(random() * (list.length + 1))}]`, value };
}

function changeTransition(model: SystemModel, random: Random): Edit | undefined {
  const found = anyState(model, random);
  const list = found && pick(transitionLists(found.state, found.at), random);
  if (found === undefined || list === undefined) return undefined;
  const path = `${list.path}[${Math.floor(random() * list.length)}]`;
  const choice = random();
  if (choice < 0.3) return { op: 'set', path: `${path}.description`, value: pick(texts, random) };
  if (choice < 0.5) return { op: 'set', path: `${path}.targets`, value: [pick(found.states, random)?.name ?? 'x'] };
  if (choice < 0.7) return { op: 'move', path, before: '0' };
  if (list.length > 1 || choice < 0.8) return { op: 'remove', path };
  return { op: 'remove', path: list.path };
}

/** Parts of steps, runs and aliases. */
function renameInside(model: SystemModel, random: Random): Edit | undefined {
  const step = anyStep(model, random);
  if (step !== undefined && step.step.kind === 'parallel' && random() < 0.5) {
    const part = pick(step.step.bodies, random);
    return part && { op: 'rename', path: `${step.path}/${quoted(part.name)}`, to: `part${Math.floor(random() * 100)}` };
  }
  const found = anyState(model, random);
  const run = found && pick(found.state.run, random);
  if (found !== undefined && run !== undefined && random() < 0.5) {
    return { op: 'rename', path: `${found.at}.run.${quoted(run.id)}`, to: `job${Math.floor(random() * 100)}` };
  }
  const machine = anyMachine(model, random);
  const alias = machine && pick(machine.machine.events, random);
  return (
    machine &&
    alias && { op: 'rename', path: `${machine.path}.events.${quoted(alias.name)}`, to: newName(model, random) }
  );
}

function renameLocal(model: SystemModel, random: Random): Edit | undefined {
  const name = pick(Object.keys(model.locals), random);
  return name === undefined
    ? undefined
    : { op: 'rename', path: `locals.${quoted(name)}`, to: newName(model, random).replace('.', '_') };
}
