import { quote } from '../../model/text/names.ts';
import type { ActionNode, Diagnostic, RunNode, TransitionNode } from '../../model/index.ts';
import {
  chartOf,
  inlineDocuments,
  ownElements,
  readReferenced,
  stateTags,
  type Chart,
  type Invocation,
  type ReadFile,
} from './chart.ts';
import { descriptorsOf } from './event-names.ts';
import { constantText } from './ecmascript/constant.ts';
import { combined, lambdaOf, objectOf, plain, type Value } from './ecmascript/value.ts';
import { translateAssignment } from './ecmascript/translate.ts';
import { assignNode } from './nodes.ts';
import { at, namesAt, outside, paramsOf, scxmlTypes, valueAt, type World } from './site.ts';
import { elementsOf, parseXml, type XmlElement } from './xml.ts';

/** Everything that documents which run each other need in common. */
export interface Loading {
  readonly diagnostics: Diagnostic[];
  readonly readFile: ReadFile | undefined;
  /** The charts by the path of their file, or as an element. */
  readonly known: Map<string | XmlElement, Chart>;
  readonly machines: Set<string>;
}

/** The machine names that a document can have: what a `send` can be sent to. */
export function machineName(wanted: string, taken: ReadonlySet<string>): string {
  const cleaned = wanted.replaceAll(/[^\w.-]/g, '_').replace(/^[^A-Za-z_]/, '_$&');
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? cleaned : `${cleaned}${number}`;
    if (!taken.has(name)) return name;
  }
}

/** Finds the machines that the states of a document run, and those that these run. */
export function loadInvocations(chart: Chart, loading: Loading): void {
  let state: XmlElement | undefined;
  const numbers = new Map<XmlElement, number>();
  const ids = new Set<string>();
  const visit = (element: XmlElement): void => {
    const outer = state;
    if (stateTags.includes(element.name)) state = element;
    for (const child of elementsOf(element)) {
      if (child.name === 'invoke' && state !== undefined) {
        const number = numbers.get(state) ?? 0;
        numbers.set(state, number + 1);
        const id = child.attributes.id ?? `${chart.stateNames.get(state)}.${number + 1}`;
        if (ids.has(id)) chart.report('MR1702', 'error', `Two invocations have the id '${id}'.`, child);
        ids.add(id);
        const found = invoked(chart, child, id, loading);
        if (found !== undefined) chart.invocations.push({ id, element: child, state, ...found });
      } else if (stateTags.includes(child.name)) visit(child);
    }
    state = outer;
  };
  visit(chart.root);
}

function invoked(
  chart: Chart,
  element: XmlElement,
  id: string,
  loading: Loading,
): { readonly child: Chart; readonly only?: string } | undefined {
  const { report } = chart;
  const { type, src, srcexpr } = element.attributes;
  if (type !== undefined && !scxmlTypes.includes(type.trim())) {
    report(
      'MR1704',
      'error',
      `Work of the type '${type}' cannot be run from a document.`,
      element,
      'Run a flow or a task: write the machine in the language.',
    );
    return undefined;
  }
  const [content] = elementsOf(element, 'content');
  const [inline] = content === undefined ? [] : elementsOf(content, 'scxml');
  if (inline !== undefined) return { child: inner(chart, inline, id, loading) };
  if (src !== undefined) {
    const child = fromFile(chart, element, src, id, loading);
    return child && { child };
  }
  if (srcexpr !== undefined) {
    const [only, second] = sourcesIn(chart.root, srcexpr);
    if (only === undefined || second !== undefined) {
      report(
        'MR1709',
        'error',
        'Which machine this runs is computed: it has to be known.',
        element,
        'Name it with `src`, or let one state run each.',
      );
      return undefined;
    }
    const child = fromFile(chart, element, only, id, loading);
    return child && { child, only };
  }
  if (content?.attributes.expr !== undefined) {
    const documents = inlineDocuments(chart.root).filter((each) => isData(chart.root, each));
    if (documents.length === 1) return { child: inner(chart, documents[0] as XmlElement, id, loading) };
  }
  report(
    'MR1709',
    'error',
    'Which machine this runs is not known.',
    element,
    'Give `src`, or the document inside `content`.',
  );
  return undefined;
}

/** The texts that could be the name of a file. */
function sourcesIn(root: XmlElement, code: string): readonly string[] {
  const constant = constantText(code);
  if (constant !== undefined) return [constant];
  const found = [...ownElements(root)].flatMap(({ attributes: { expr } }) => {
    const text = expr === undefined ? undefined : constantText(expr);
    return text !== undefined && (text.startsWith('file:') || /\.s?c?xml$/.test(text)) ? [text] : [];
  });
  return [...new Set(found)];
}

/** Is a document written as the value of a variable? */
function isData(root: XmlElement, wanted: XmlElement): boolean {
  return elementsOf(root).some(
    (child) =>
      ((child.name === 'assign' || child.name === 'data') && elementsOf(child).includes(wanted)) ||
      isData(child, wanted),
  );
}

function inner(chart: Chart, root: XmlElement, id: string, loading: Loading): Chart {
  return loading.known.get(root) ?? load(chart, root, root, chart.file, id, loading);
}

function fromFile(chart: Chart, element: XmlElement, source: string, id: string, loading: Loading): Chart | undefined {
  const { file, report } = chart;
  const found = readReferenced(source, file, element, report, loading.readFile);
  if (found === undefined) return undefined;
  const known = loading.known.get(found.path);
  if (known !== undefined) return known;
  const parsed = parseXml(found.text);
  if (parsed.root === undefined) {
    report('MR1703', 'error', `'${source}' is no XML: ${parsed.message}`, element);
    return undefined;
  }
  return load(chart, parsed.root, found.path, found.path, id, loading);
}

function load(
  chart: Chart,
  root: XmlElement,
  key: string | XmlElement,
  file: string,
  id: string,
  loading: Loading,
): Chart {
  const name = machineName(`${chart.machine}.${id}`, loading.machines);
  loading.machines.add(name);
  const child = chartOf(root, file, name, loading.diagnostics, loading.readFile);
  loading.known.set(key, child);
  loadInvocations(child, loading);
  return child;
}

/**
 * Machines whose end is listened to where the state that runs them is not active any more: to leave it takes its work
 * back, and the end with it, so that the machine has to send its end as an event.
 */
export function reportsOf(charts: readonly Chart[]): ReadonlyMap<Chart, string> {
  const all = charts.flatMap((chart) => chart.invocations.map((invocation) => ({ chart, invocation })));
  const found = new Map<Chart, string>();
  for (const { chart, invocation } of all) {
    const { child, id, state } = invocation;
    if (!listensElsewhere(chart, state, `done.invoke.${id}`)) continue;
    if (all.filter((each) => each.invocation.child === child).length === 1) found.set(child, id);
  }
  return found;
}

function listensElsewhere(chart: Chart, state: XmlElement, event: string): boolean {
  const contains = (outer: XmlElement, inner: XmlElement): boolean =>
    outer === inner || elementsOf(outer).some((child) => contains(child, inner));
  return [...chart.stateNames.keys()].some(
    (source) =>
      !contains(source, state) &&
      !contains(state, source) &&
      elementsOf(source, 'transition').some((transition) =>
        descriptorsOf(transition).some((name) => /^done(?:\.|$)/.test(name) && `${event}.`.startsWith(`${name}.`)),
      ),
  );
}

/** Does a machine tell the one that runs it something, and so needs to know under which id it runs? */
const sendsToParent = (world: World, child: Chart): boolean =>
  world.reports.has(child) || [...ownElements(child.root)].some(({ attributes }) => attributes.target === '#_parent');

/** What a state runs. */
export function runOf(world: World, chart: Chart, invocation: Invocation, onDone: readonly TransitionNode[]): RunNode {
  const { id, element, child, only } = invocation;
  const site = outside(world, chart);
  const location = at(site, element);
  const params = paramsOf(site, element);
  const failed = params.find(([, value]) => value.failure !== undefined);
  // What the other machine does not declare does not reach it; that it can be computed counts all the same.
  const given = params.filter(([name, { safe }]) => child.variables.has(name) || !safe);
  const members: (readonly [string, Value])[] = [
    ...given,
    ...(world.envelope && sendsToParent(world, child) ? [['_invokeid', plain(quote(id))] as const] : []),
  ];
  let input = members.length === 0 ? undefined : objectOf(members);
  if (only !== undefined && element.attributes.srcexpr !== undefined) {
    const source = valueAt(site, element, element.attributes.srcexpr);
    const text = `${source.text} === ${quote(only)} ? ${input?.text ?? '{}'} : (() => { throw new Error('This machine is not known.'); })()`;
    if (constantText(element.attributes.srcexpr) === undefined)
      input = combined([source, ...(input === undefined ? [] : [input])], text, { safe: false });
  }
  if (failed !== undefined) input = failed[1];
  return {
    kind: 'run',
    id,
    target: { kind: 'machine', name: child.machine },
    ...(input === undefined ? {} : { input: lambdaOf(input, location) }),
    onDone,
    onError: [],
    location,
  };
}

/** What a state does on entry so that the id of what it runs is known. */
export function idActions(world: World, chart: Chart, runs: readonly Invocation[]): readonly ActionNode[] {
  const site = outside(world, chart);
  return runs.flatMap(({ id, element }) => {
    const { idlocation } = element.attributes;
    if (idlocation === undefined) return [];
    const value = translateAssignment(idlocation, plain(quote(id)), namesAt(site, element), site.view);
    return [assignNode(value, at(site, element))];
  });
}
