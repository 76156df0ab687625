import { quote } from '../../model/text/names.ts';
import type { Location } from '../../model/index.ts';
import type { Chart } from './chart.ts';
import { isConstant } from './ecmascript/constant.ts';
import { failing, translateExpression, type Names } from './ecmascript/translate.ts';
import { objectOf, plain, scoped, type Value } from './ecmascript/value.ts';
import { dataView, envelopeView, type EventView, platformView, storedView } from './event-view.ts';
import { locationOf } from './report.ts';
import { elementsOf, parseXml, textIn, type Place, type XmlElement, type XmlText } from './xml.ts';

/** What all documents of one system share. */
export interface World {
  /** Does the payload of every event carry all of its fields, not its data alone? */
  readonly envelope: boolean;
  readonly events: ReadonlySet<string>;
  /** Has somebody said which events come from outside, so that no others do? */
  readonly complete: boolean;
  /** The names of all machines. */
  readonly machines: ReadonlySet<string>;
  /** Machines whose end is an event of their own, since it is listened to outside of the state that runs them. */
  readonly reports: ReadonlyMap<Chart, string>;
  /** Is the chart run by another one? */
  readonly isChild: (chart: Chart) => boolean;
}

/** Where code stands: in which document, and what `_event` is there. */
export interface Site {
  readonly world: World;
  readonly chart: Chart;
  readonly view: EventView;
}

/** Where no event is being taken. */
export const outside = (world: World, chart: Chart): Site => ({ world, chart, view: storedView });

/** Where an event of a declared name, or of the machine itself, is being taken. */
export const whileTaking = (world: World, chart: Chart, view: EventView): Site => ({ world, chart, view });

export const userView = ({ envelope }: World): EventView => (envelope ? envelopeView('event') : dataView('event'));

/** The view of an event that the machine itself raised, under the name that the document knows it by. */
export function internalView(name: string, payload: 'event' | 'output' | 'error', { eventUse }: Chart): EventView {
  const invokeid = name.startsWith('done.invoke.') ? { invokeid: name.slice('done.invoke.'.length) } : {};
  const sendid = name.startsWith('error.') && eventUse.sendid ? { sendid: `${scoped('context')}._failedSend` } : {};
  return platformView(name, payload, { ...invokeid, ...sendid });
}

export const at = ({ chart }: Site, place: Place): Location => locationOf(chart.file, place);

/** What names mean here; a name that nothing declares is reported at this element. */
export const namesAt = ({ chart }: Site, element: XmlElement): Names => ({
  ...chart.names,
  missing: (name) =>
    chart.report(
      'MR1706',
      'warning',
      `Nothing declares '${name}': code that uses it throws, as in SCXML.`,
      element,
      'Declare it with `data`.',
    ),
});

/** The value of an expression in an attribute. */
export function valueAt(site: Site, element: XmlElement, code: string): Value {
  const value = translateExpression(code, namesAt(site, element), site.view);
  const { report } = site.chart;
  if (value.failure !== undefined)
    report('MR1705', 'warning', `This is no ECMAScript expression: ${code.trim()}`, element, 'It throws, as in SCXML.');
  else if (value.changes.length > 0)
    report(
      'MR1707',
      'warning',
      `The expression changes ${value.changes.map((name) => `'${name}'`).join(', ')}; here that is lost.`,
      element,
      'Change data with `assign` or `script`.',
    );
  return value;
}

/** What stands inside `content`, `data` or `assign`: JSON, XML, or text whose white space counts as one blank. */
export function contentOf(element: XmlElement): Value | undefined {
  const [inner] = elementsOf(element);
  if (inner !== undefined) return plain(treeOf(inner));
  return contentText(textIn(element));
}

/** The same for the text of a file. */
export function contentText(text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const xml = trimmed.startsWith('<') ? parseXml(trimmed).root : undefined;
  if (xml !== undefined) return plain(treeOf(xml));
  return plain(isConstant(trimmed) ? trimmed.replaceAll(/\s*\n\s*/g, ' ') : quote(trimmed.replaceAll(/\s+/g, ' ')));
}

/** An element as data: its name, its attributes, and what it holds. */
export function treeOf(element: XmlElement | XmlText): string {
  if (element.kind === 'text') return quote(element.text);
  const { name, attributes, children } = element;
  const held = children.filter((child) => child.kind === 'element' || child.text.trim() !== '').map(treeOf);
  const given = Object.entries(attributes).map(([key, value]) => `${quote(key)}: ${quote(value)}`);
  return `{ name: ${quote(name)}, attributes: { ${given.join(', ')} }, children: [${held.join(', ')}] }`;
}

/** The names and values that `namelist` and `param` give. */
export function paramsOf(site: Site, element: XmlElement): readonly (readonly [string, Value])[] {
  const listed = (element.attributes.namelist ?? '').split(/\s+/).filter((name) => name !== '');
  const params = elementsOf(element, 'param').map((param) => {
    const { name = '', expr, location } = param.attributes;
    return [name, valueAt(site, param, expr ?? location ?? 'undefined')] as const;
  });
  const all = [...listed.map((name) => [name, valueAt(site, element, name)] as const), ...params];
  // Of two of one name the later one counts, as in any object.
  return [...new Map(all)];
}

/** What an event, a result or an invocation carries: parameters, or content. Nothing when the element has none. */
export function dataOf(site: Site, element: XmlElement): Value | undefined {
  const [content] = elementsOf(element, 'content');
  if (content !== undefined) {
    const { expr } = content.attributes;
    return expr === undefined ? contentOf(content) : valueAt(site, content, expr);
  }
  const params = paramsOf(site, element);
  return params.length === 0 ? undefined : objectOf(params);
}

/** An error that the Recommendation wants here. */
export const wrong = (message: string): Value => failing(message);

/** The payload of an event that this document sends. */
export function payloadOf(
  site: Site,
  name: string,
  data: Value | undefined,
  sent: { readonly type: 'internal' | 'external'; readonly sendid?: Value; readonly toParent?: boolean },
): Value | undefined {
  if (!site.world.envelope) return data;
  const { machine } = site.chart;
  const instance = `\${${scoped('instanceId')}}`;
  const outer: (readonly [string, Value])[] =
    sent.type === 'internal'
      ? []
      : [
          ['origin', plain(`\`#_scxml_${machine}/${instance}\``)],
          ['origintype', plain(quote(scxmlProcessor))],
          ...(sent.toParent === true && site.world.isChild(site.chart)
            ? [['invokeid', plain(`${scoped('context')}._invokeid`)] as const]
            : []),
        ];
  return objectOf([
    ['name', plain(quote(name))],
    ['type', plain(quote(sent.type))],
    ...(sent.sendid === undefined ? [] : [['sendid', sent.sendid] as const]),
    ...outer,
    ...(data === undefined ? [] : [['data', data] as const]),
  ]);
}

export const scxmlProcessor = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';

/** Is a value of `type` the processor that machines use among themselves? */
export const scxmlTypes: readonly string[] = [
  '',
  'scxml',
  scxmlProcessor,
  'http://www.w3.org/TR/scxml',
  'http://www.w3.org/TR/scxml/',
];
