import { freeName } from '../../model/text/names.ts';
import {
  createSystem,
  type Diagnostic,
  type EventNode,
  type MachineNode,
  type StateNode,
  type SystemModel,
} from '../../model/index.ts';
import { chartOf, ownElements, stateTags, type Chart, type ReadFile } from './chart.ts';
import { contextSchema, dataModelOf } from './data.ts';
import { fillPlaces } from './error-data.ts';
import { pendingOf } from './finalize.ts';
import { loadInvocations, machineName, reportsOf, type Loading } from './invoke.ts';
import { locationOf, reporter } from './report.ts';
import type { World } from './site.ts';
import { stateOf, type StateScope } from './states.ts';
import { targetsOf } from './transitions.ts';
import { elementsOf, parseXml, type XmlElement } from './xml.ts';

/** Options of {@link importScxml}. */
export interface ImportScxmlOptions {
  /** The file that the text is from, as diagnostics show it. Files that the document names are relative to it. */
  readonly file?: string;
  /** The name of the machine. Default: the document's own `name`, else that of the file. */
  readonly name?: string;
  /**
   * Further events that the machine is sent from outside: the document may name them by a prefix or `*` alone. Without it,
   * a pattern that hears less than it may mean is told (MR1714).
   */
  readonly events?: readonly string[];
  /** Reads a file that the document names: a script, data, another document. Throws when there is none. */
  readonly readFile?: (path: string) => string;
}

/** What came of importing a document. */
export interface ImportedScxml {
  /** A system with the machine, the machines that its states run, and their events. Absent after an error. */
  readonly model?: SystemModel;
  /** The name of the document's own machine in the model. */
  readonly machine?: string;
  /**
   * What the payload of an event is. `data`: the data of the event. `event`: all that the document can read of it,
   * `{ name, data, type, sendid, origin, origintype, invokeid }`; who sends it from outside gives at least `name` and `data`.
   */
  readonly payload?: 'data' | 'event';
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Imports an SCXML document with the ECMAScript data model. What has an equivalent becomes ordinary states, actions and
 * lambdas; what has none is reported and left out. Bad input is no error of this function: it stands in the diagnostics.
 *
 * @example
 * ```ts
 * import { importScxml } from 'millrace/convert';
 *
 * const { model, diagnostics } = importScxml(
 *   `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="door">
 *     <state id="shut"><transition event="opened" target="open"/></state>
 *     <state id="open"><transition event="closed" target="shut"/></state>
 *   </scxml>`,
 *   { file: 'door.scxml' },
 * );
 * Object.keys(model?.events ?? {}); // ['opened', 'closed']
 * diagnostics; // []
 * ```
 */
export function importScxml(text: string, options: ImportScxmlOptions = {}): ImportedScxml {
  const { file = 'document.scxml', readFile } = options;
  const diagnostics: Diagnostic[] = [];
  const report = reporter(file, diagnostics);
  const parsed = parseXml(text);
  if (parsed.root === undefined) {
    report('MR1700', 'error', `This is no well-formed XML: ${parsed.message}`, parsed.place);
    return { diagnostics };
  }
  const { root } = parsed;
  if (root.name !== 'scxml') {
    report('MR1701', 'error', `The root of an SCXML document is 'scxml', not '${root.name}'.`, root);
    return { diagnostics };
  }
  const base = file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  const name = machineName(options.name ?? root.attributes.name ?? base, new Set());
  const loading: Loading = { diagnostics, readFile, known: new Map(), machines: new Set([name]) };
  const chart = chartOf(root, file, name, diagnostics, readFile);
  loading.known.set(file, chart);
  loadInvocations(chart, loading);
  const charts = [chart, ...new Set(loading.known.values())].filter((each, index, all) => all.indexOf(each) === index);
  const events = new Set([...charts.flatMap((each) => [...each.events]), ...(options.events ?? [])]);
  const run = new Set(charts.flatMap(({ invocations }) => invocations.map(({ child }) => child)));
  const reports = reportsOf(charts);
  for (const id of reports.values()) events.add(`done.invoke.${id}`);
  const world: World = {
    machines: loading.machines,
    reports,
    envelope: charts.some(({ eventUse }) => eventUse.fields),
    events,
    complete: options.events !== undefined,
    isChild: (each) => run.has(each),
  };
  const machines = charts.map((each) => fillPlaces(machineOf(world, each, readFile), each));
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  const location = locationOf(file, root);
  const model = createSystem({
    name: base === '' ? name : base,
    version: '1.0.0',
    events: Object.fromEntries([...events].map((event) => [event, eventNode(event, chart)])),
    machines: Object.fromEntries(machines.map((machine) => [machine.name, machine])),
    imports: { z: { kind: 'import', name: 'z', imported: 'z', from: 'zod', typeOnly: false, location } },
    location,
  });
  return { model, machine: name, payload: world.envelope ? 'event' : 'data', diagnostics };
}

function eventNode(name: string, { file, root }: Chart): EventNode {
  const location = locationOf(file, root);
  return { kind: 'event', name, payload: { kind: 'schema', text: 'z.any()', uses: ['z'], location }, location };
}

function machineOf(world: World, chart: Chart, readFile: ReadFile | undefined): MachineNode {
  const { root, file, machine: name } = chart;
  const location = locationOf(file, root);
  const states = new Map([...chart.stateNames].map(([element, state]) => [state, element]));
  const data = dataModelOf(world, chart, readFile);
  const scope: StateScope = {
    world,
    chart,
    readFile,
    states,
    platform: platformEvents(world, chart),
    pending: pendingOf(chart.invocations, ({ state }) => chart.stateNames.get(state) as string),
    data,
    taken: new Set(states.keys()),
  };
  const children = elementsOf(root, ...stateTags);
  if (children.every((child) => child.name === 'history'))
    chart.report('MR1702', 'error', 'The document has no states.', root);
  const first = children.find((child) => child.name !== 'history');
  const written = targetsOf(scope, root, root.attributes.initial);
  const initial = written.length > 0 || first === undefined ? written : [chart.stateNames.get(first) as string];
  const own = children.map((child) => stateOf(scope, child));
  for (const child of elementsOf(root))
    if (!['datamodel', 'script', ...stateTags].includes(child.name))
      chart.report('MR1704', 'warning', `Nothing here does what '${child.name}' does: it is left out.`, child);
  const start = startOf(scope, data.start, initial);
  const all = [...(start === undefined ? [] : [start]), ...own];
  return {
    kind: 'machine',
    name,
    key: 'id',
    context: contextSchema(data.fields, JSON.stringify(all), location),
    events: [...world.events].map((event) => ({ alias: event, name: event })),
    creates: [],
    flows: [],
    tasks: [],
    machines: [...new Set(chart.invocations.map(({ child }) => child.machine))].map((each) => ({
      alias: each,
      name: each,
    })),
    initial: start === undefined ? initial : [start.name],
    states: all,
    location,
  };
}

/** What has to be computed first happens in a state of its own, before the machine enters its initial one. */
function startOf(scope: StateScope, entry: StateNode['entry'], targets: readonly string[]): StateNode | undefined {
  if (entry.length === 0) return undefined;
  const { chart, taken } = scope;
  const location = locationOf(chart.file, chart.root);
  return {
    kind: 'state',
    name: freeName('start', taken),
    type: 'atomic',
    on: [],
    always: [{ kind: 'transition', targets, actions: [], location }],
    after: [],
    entry,
    exit: [],
    run: [],
    onDone: [],
    states: [],
    location,
  };
}

/** The events that the machine itself raises, under their names in the document. */
function platformEvents(world: World, chart: Chart): readonly string[] {
  const hasStates = (element: XmlElement): boolean => elementsOf(element, 'state', 'parallel', 'final').length > 0;
  const ends = [...ownElements(chart.root)].filter(
    (element) => (element.name === 'state' || element.name === 'parallel') && hasStates(element),
  );
  return [
    'error.execution',
    'error.communication',
    ...ends.map((element) => `done.state.${chart.stateNames.get(element)}`),
    ...chart.invocations.flatMap(({ id, child }) => (world.reports.has(child) ? [] : [`done.invoke.${id}`])),
  ];
}
