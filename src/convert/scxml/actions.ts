import { isIdentifier } from '../../model/text/names.ts';
import type { ActionNode } from '../../model/index.ts';
import { readReferenced, type ReadFile } from './chart.ts';
import { typeOf } from './ecmascript/constant.ts';
import { translateAssignment, translateScript } from './ecmascript/translate.ts';
import { plain, scoped, type Value } from './ecmascript/value.ts';
import { assignNode, eventCall, whenNode } from './nodes.ts';
import { cancelActions, sendActions } from './send.ts';
import { at, contentOf, namesAt, payloadOf, valueAt, wrong, type Site } from './site.ts';
import { elementsOf, textIn, type XmlElement } from './xml.ts';

/** How executable content is translated. */
export interface ActionSite extends Site {
  readonly readFile: ReadFile | undefined;
}

/** The actions of executable content, in order. */
export const actionsOf = (site: ActionSite, elements: readonly XmlElement[]): readonly ActionNode[] =>
  elements.flatMap((element) => translate(site, element));

function translate(site: ActionSite, element: XmlElement): readonly ActionNode[] {
  switch (element.name) {
    case 'assign':
      return [assignNode(assigned(site, element), at(site, element))];
    case 'raise': {
      const { event = '' } = element.attributes;
      const payload = payloadOf(site, event, undefined, { type: 'internal' });
      return [{ kind: 'raise', call: eventCall(event, payload, at(site, element)), location: at(site, element) }];
    }
    case 'send':
      return sendActions(site, element);
    case 'cancel':
      return cancelActions(site, element);
    case 'if':
      return [choice(site, element)];
    case 'foreach':
      return loop(site, element);
    case 'script':
      return script(site, element);
    case 'log':
      return log(site, element);
    default:
      site.chart.report('MR1704', 'warning', `Nothing here does what '${element.name}' does: it is left out.`, element);
      return [];
  }
}

function assigned(site: ActionSite, element: XmlElement): Value {
  const { location = '', expr } = element.attributes;
  const value = expr === undefined ? (contentOf(element) ?? plain('undefined')) : valueAt(site, element, expr);
  return translateAssignment(location, value, namesAt(site, element), site.view);
}

function choice(site: ActionSite, element: XmlElement): ActionNode {
  const branches: { condition: XmlElement | undefined; inner: XmlElement[] }[] = [{ condition: element, inner: [] }];
  for (const child of elementsOf(element)) {
    if (child.name === 'elseif') branches.push({ condition: child, inner: [] });
    else if (child.name === 'else') branches.push({ condition: undefined, inner: [] });
    else branches.at(-1)?.inner.push(child);
  }
  const chain = branches.reduceRight<readonly ActionNode[]>((otherwise, { condition, inner }) => {
    const actions = actionsOf(site, inner);
    if (condition === undefined) return actions;
    const asked = valueAt(site, condition, condition.attributes.cond ?? 'false');
    return [whenNode(asked, actions, otherwise, at(site, condition))];
  }, []);
  return chain[0] as ActionNode;
}

function loop(site: ActionSite, element: XmlElement): readonly ActionNode[] {
  const { array = '', item = '', index } = element.attributes;
  const location = at(site, element);
  const names = [item, ...(index === undefined ? [] : [index])].map((name) => name.trim());
  const bad = names.find((name) => !isIdentifier(name));
  if (bad !== undefined) return [assignNode(wrong(`'${bad}' cannot be a variable of foreach.`), location)];
  const list = array.trim();
  const direct = site.chart.variables.has(list);
  const field = direct ? list : '_list';
  const held = `${scoped('context')}.${field}`;
  const actions: ActionNode[] = [];
  if (!direct) {
    const value = valueAt(site, element, array);
    actions.push(
      assignNode(value.failure === undefined ? { ...value, text: `{ _list: ${value.text} }` } : value, location),
    );
  }
  // A list that is absent counts as empty in the language; in a document it is an error.
  if (!isKnownList(site, list))
    actions.push(
      whenNode(
        plain(`!Array.isArray(${held})`, { boolean: true }),
        [assignNode(wrong(`foreach needs a list: ${list}`), location)],
        [],
        location,
      ),
    );
  const given = names.map((name, position) => `${name}: ${scoped(position === 0 ? 'item' : 'index')}`);
  actions.push({
    kind: 'forEach',
    over: {
      kind: 'expression',
      text: `({ context }) => context.${field} ?? []`,
      uses: [],
      lambda: { parameter: '{ context }', reads: ['context'], body: `context.${field} ?? []`, block: false },
      location,
    },
    actions: [assignNode(plain(`{ ${given.join(', ')} }`), location), ...actionsOf(site, elementsOf(element))],
    location,
  });
  return actions;
}

function isKnownList({ chart }: Site, name: string): boolean {
  const data = chart.variables.get(name)?.data;
  const written = data?.attributes.expr ?? (data === undefined ? '' : textIn(data));
  return typeOf(written, () => 'any') === 'array' && !isAssigned(chart.root, name);
}

function isAssigned(element: XmlElement, name: string): boolean {
  const { location, item, index } = element.attributes;
  if (element.name === 'script') return textIn(element).includes(name) || element.attributes.src !== undefined;
  if ([location, item, index].some((each) => each?.trim() === name)) return true;
  return elementsOf(element).some((child) => isAssigned(child, name));
}

function script(site: ActionSite, element: XmlElement): readonly ActionNode[] {
  const { src } = element.attributes;
  const { file, report } = site.chart;
  const code = src === undefined ? textIn(element) : readReferenced(src, file, element, report, site.readFile)?.text;
  if (code === undefined || code.trim() === '') return [];
  return scriptActions(site, element, code);
}

/** A script as an assignment of what it changes. */
export function scriptActions(site: Site, element: XmlElement, code: string): readonly ActionNode[] {
  const value = translateScript(code, namesAt(site, element), site.view);
  if (value.failure !== undefined)
    site.chart.report('MR1705', 'warning', 'This script is no ECMAScript.', element, 'It throws, as in SCXML.');
  return [assignNode(value, at(site, element))];
}

/** A log writes nothing here; what can fail in it fails all the same. */
function log(site: ActionSite, element: XmlElement): readonly ActionNode[] {
  const { expr } = element.attributes;
  const { functions } = site.chart.names;
  if (expr !== undefined && [...functions.keys()].some((name) => new RegExp(`\\b${name}\\b`).test(expr))) {
    const value = valueAt(site, element, expr);
    const location = at(site, element);
    return [
      whenNode(
        plain(`(${value.text}, false)`, { ...value, text: `(${value.text}, false)`, boolean: true }),
        [],
        [],
        location,
      ),
    ];
  }
  site.chart.report('MR1708', 'info', 'Machines write no log: this is left out.', element);
  return [];
}
