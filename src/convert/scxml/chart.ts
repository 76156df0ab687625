import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { freeName, isIdentifier } from '../../model/text/names.ts';
import type { Diagnostic } from '../../model/index.ts';
import { parseExpression, parseScript } from './ecmascript/parse.ts';
import { referencesIn } from './ecmascript/references.ts';
import type { DocumentFunction, Names } from './ecmascript/translate.ts';
import { eventNamesOf } from './event-names.ts';
import { reporter, type Report } from './report.ts';
import { elementsOf, textIn, walk, type XmlElement } from './xml.ts';

/** A variable of the data model. */
export interface Variable {
  readonly name: string;
  /** Its `data` element; a variable of a `foreach` or of a script has none. */
  readonly data?: XmlElement;
  /** The element of the state whose `data` it is, when that is not the document's own. */
  readonly state?: XmlElement;
}

/** A machine that a state runs. */
export interface Invocation {
  readonly id: string;
  readonly element: XmlElement;
  readonly state: XmlElement;
  readonly child: Chart;
  /** The element's own text names the machine only when it runs: this is the only text that it can give. */
  readonly only?: string;
}

/** How a document reads `_event`. */
export interface EventUse {
  /** Other fields than its data. */
  readonly fields: boolean;
  /** Where no event is being taken: on entry, on exit, without an event. */
  readonly outside: boolean;
  readonly sendid: boolean;
}

/** One SCXML document, and what its parts refer to. */
export interface Chart {
  readonly file: string;
  readonly root: XmlElement;
  /** The name of the machine that it becomes. */
  readonly machine: string;
  readonly report: Report;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly names: Omit<Names, 'missing'>;
  /** Code that runs once when the machine starts. */
  readonly scripts: readonly { readonly code: string; readonly element: XmlElement }[];
  readonly stateNames: ReadonlyMap<XmlElement, string>;
  readonly events: ReadonlySet<string>;
  readonly eventUse: EventUse;
  readonly late: boolean;
  readonly readsProcessors: boolean;
  /** Does it read what SCION says about the place of an error? */
  readonly readsPlaces: boolean;
  readonly invocations: Invocation[];
}

/** The elements that become states. */
export const stateTags = ['state', 'parallel', 'final', 'history'];

/** The element and everything below it that belongs to the same document: what is inside `content` is data. */
export function* ownElements(element: XmlElement): Generator<XmlElement> {
  yield element;
  if (element.name === 'content' || element.name === 'data' || element.name === 'assign') return;
  for (const child of elementsOf(element)) if (child.name !== 'scxml') yield* ownElements(child);
}

/** Reads a file that a document names. */
export type ReadFile = (path: string) => string;

/** Gives the text of a file that is named in a document, or reports that it cannot be read. */
export function readReferenced(
  source: string,
  file: string,
  element: XmlElement,
  report: Report,
  readFile: ReadFile | undefined,
): { readonly path: string; readonly text: string } | undefined {
  const path = posix.join(posix.dirname(file.replaceAll('\\', '/')), source.replace(/^file:(?:\/\/)?/, ''));
  try {
    if (readFile !== undefined) return { path, text: readFile(path) };
  } catch {
    // Reported below, as is a reader that is not there.
  }
  report('MR1703', 'error', `The file '${source}' cannot be read.`, element);
  return undefined;
}

/** Makes a chart of a parsed document. */
export function chartOf(
  root: XmlElement,
  file: string,
  machine: string,
  diagnostics: Diagnostic[],
  readFile: ReadFile | undefined,
): Chart {
  const report = reporter(file, diagnostics);
  const { datamodel = 'ecmascript', name } = root.attributes;
  if (!['ecmascript', 'null', ''].includes(datamodel))
    report('MR1711', 'error', `The data model '${datamodel}' is not supported.`, root, 'Use "ecmascript" or "null".');
  const stateNames = nameStates(root, report);
  const scripts = elementsOf(root, 'script').flatMap((element) => {
    const { src } = element.attributes;
    const code = src === undefined ? textIn(element) : readReferenced(src, file, element, report, readFile)?.text;
    return code === undefined ? [] : [{ code, element }];
  });
  const { variables, functions, statements } = declarationsOf(root, scripts, report);
  const names = { variables: new Set(variables.keys()), functions, machine, title: name ?? machine };
  return {
    file,
    root,
    machine,
    report,
    variables,
    names,
    scripts: statements,
    stateNames,
    events: eventNamesOf(root),
    eventUse: eventUseOf(root),
    late: root.attributes.binding === 'late',
    readsPlaces: [...ownElements(root)].some((element) => /\b(?:tagname|reason)\b/.test(codeOf(element))),
    readsProcessors: [...ownElements(root)].some((element) => codeOf(element).includes('_ioprocessors')),
    invocations: [],
  };
}

function nameStates(root: XmlElement, report: Report): ReadonlyMap<XmlElement, string> {
  const all = [...ownElements(root)].filter(({ name }) => stateTags.includes(name));
  const taken = new Set<string>();
  for (const element of all) {
    const { id } = element.attributes;
    if (id === undefined) continue;
    if (taken.has(id)) report('MR1702', 'error', `Two states have the id '${id}'.`, element);
    taken.add(id);
  }
  const names = new Map<XmlElement, string>();
  for (const element of all) {
    const name = element.attributes.id ?? freeName(element.name, taken);
    taken.add(name);
    names.set(element, name);
  }
  return names;
}

type Scripts = Chart['scripts'];

/** The variables and functions that a document declares anywhere, and what is left of its scripts. */
function declarationsOf(root: XmlElement, scripts: Scripts, report: Report) {
  const variables = new Map<string, Variable>();
  const functions = new Map<string, DocumentFunction>();
  const statements: { code: string; element: XmlElement }[] = [];
  const assigned = new Set<string>();
  const visit = (element: XmlElement, state: XmlElement | undefined): void => {
    const { id, item, index, location } = element.attributes;
    if (element.name === 'data' && id !== undefined) {
      if (!isIdentifier(id)) report('MR1705', 'error', `'${id}' cannot be the name of a variable.`, element);
      else variables.set(id, { name: id, data: element, ...(state === undefined ? {} : { state }) });
    }
    if (element.name === 'foreach')
      for (const name of [item, index])
        if (name !== undefined && isIdentifier(name.trim()) && !variables.has(name.trim()))
          variables.set(name.trim(), { name: name.trim() });
    if (location !== undefined) assigned.add(/^[\w$]+/.exec(location.trim())?.[0] ?? '');
    if (element.name === 'content' || element.name === 'data' || element.name === 'assign') return;
    const inner = stateTags.includes(element.name) ? element : state;
    for (const child of elementsOf(element)) if (child.name !== 'scxml') visit(child, inner);
  };
  visit(root, undefined);

  for (const { code, element } of scripts) {
    const parsed = parseScript(code);
    if (parsed.message !== undefined) {
      statements.push({ code, element });
      continue;
    }
    const rest: ts.Statement[] = [];
    for (const statement of parsed.node) {
      if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
        functions.set(statement.name.text, { text: parsed.text, nodes: [statement] });
        continue;
      }
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations)
          if (ts.isIdentifier(name) && !variables.has(name.text)) variables.set(name.text, { name: name.text });
      rest.push(statement);
    }
    if (rest.length > 0) {
      // What is changed at the top of a script is a variable for all.
      for (const { name, use } of referencesIn(rest))
        if (use === 'write' && !variables.has(name) && !functions.has(name) && !name.startsWith('_'))
          variables.set(name, { name });
      statements.push({ code: rest.map((each) => each.getText()).join('\n'), element });
    }
  }
  // A function that nobody replaces is no data: it becomes part of the lambdas that call it.
  for (const { name, data } of variables.values()) {
    const expr = data?.attributes.expr;
    if (expr === undefined || assigned.has(name)) continue;
    const parsed = parseExpression(expr);
    if (parsed.message !== undefined) continue;
    if (!ts.isFunctionExpression(parsed.node) && !ts.isArrowFunction(parsed.node)) continue;
    const again = parseScript(`const ${name} = ${parsed.node.getText()};`);
    if (again.message !== undefined) continue;
    variables.delete(name);
    functions.set(name, { text: again.text, nodes: again.node });
  }
  return { variables, functions, statements };
}

const codeAttributes =
  'cond expr location array eventexpr targetexpr typeexpr delayexpr sendidexpr srcexpr namelist'.split(' ');

/** Everything on an element that is code, as one text. */
function codeOf(element: XmlElement): string {
  const attributes = codeAttributes.map((name) => element.attributes[name] ?? '').join(' ');
  return element.name === 'script' ? `${attributes} ${textIn(element)}` : attributes;
}

function eventUseOf(root: XmlElement): EventUse {
  let [fields, outside, sendid] = [false, false, false];
  const visit = (element: XmlElement, taken: boolean): void => {
    const inside = taken || (element.name === 'transition' && element.attributes.event !== undefined);
    if (element.name === 'finalize' || element.attributes.autoforward === 'true') fields = true;
    if (element.name !== 'log') {
      for (const [, dot, bracket] of codeOf(element).matchAll(/\b_event\b(?:\.(\w+)|\[['"](\w+)['"]\])?/g)) {
        const field = dot ?? bracket;
        if (field !== 'data') fields = true;
        if (field === 'sendid' || field === undefined) sendid = true;
        if (!inside) outside = true;
      }
    }
    for (const child of elementsOf(element))
      if (child.name !== 'scxml') visit(child, inside || element.name === 'finalize');
  };
  visit(root, false);
  return { fields, outside, sendid };
}

/** Documents that are written inside another one, as data. */
export const inlineDocuments = (root: XmlElement): readonly XmlElement[] =>
  [...walk(root)].filter((element) => element.name === 'scxml' && element !== root);
