import { quote } from '../../model/text/names.ts';
import { isDuration, type Duration } from '../../core/index.ts';
import type { ActionNode, ExpressionNode } from '../../model/index.ts';
import { isPlatformEvent } from './event-names.ts';
import { constantText } from './ecmascript/constant.ts';
import { combined, lambdaOf, plain, scoped, type Value } from './ecmascript/value.ts';
import { translateAssignment } from './ecmascript/translate.ts';
import { assignNode, eventCall, whenNode } from './nodes.ts';
import { at, dataOf, namesAt, payloadOf, scxmlTypes, valueAt, wrong, type Site } from './site.ts';
import type { XmlElement } from './xml.ts';

/** An attribute that may also be given as an expression: a text that is known, or a value. */
type Given = { readonly text: string } | { readonly value: Value } | undefined;

function given(site: Site, element: XmlElement, name: string, computed: string): Given {
  const { [name]: text, [computed]: code } = element.attributes;
  if (text !== undefined) return { text };
  if (code === undefined) return undefined;
  const constant = constantText(code);
  return constant === undefined ? { value: valueAt(site, element, code) } : { text: constant };
}

/** Where an event goes, in the words of this language; what is no target at all is wrong. */
export function targetOf(written: string): { readonly to: string | undefined } | { readonly wrong: true } {
  if (written === '') return { to: undefined };
  if (written === '#_parent') return { to: '#parent' };
  if (written.startsWith('#_scxml_')) return { to: written.slice('#_scxml_'.length) };
  if (written.startsWith('#_') && written !== '#_internal') return { to: `#${written.slice(2)}` };
  return { wrong: true };
}

/** `send`: an event for the machine itself, at once or later, or for another one. */
export function sendActions(site: Site, element: XmlElement): readonly ActionNode[] {
  const { event, eventexpr } = element.attributes;
  const location = at(site, element);
  const identity = idOf(site, element);
  const fail = (value: Value): readonly ActionNode[] => [
    ...identity.before,
    ...identity.failed,
    assignNode(value, location),
  ];
  const type = given(site, element, 'type', 'typeexpr');
  if (type !== undefined && 'text' in type && !scxmlTypes.includes(type.text)) {
    site.chart.report('MR1710', 'warning', `Events are not sent by '${type.text}': this throws, as in SCXML.`, element);
    return fail(wrong(`The processor '${type.text}' is not supported.`));
  }
  const data = dataOf(site, element);
  if (data?.failure !== undefined) return fail(data);
  const send = (name: string): readonly ActionNode[] => sendNamed(site, element, name, data, identity.id, fail);
  const constant = event ?? (eventexpr === undefined ? undefined : constantText(eventexpr));
  let actions: readonly ActionNode[];
  if (constant !== undefined && constant !== '') actions = send(constant);
  else if (eventexpr === undefined) return fail(wrong('A send needs an event.'));
  else actions = anyOf(site, element, eventexpr, send, fail);
  if (type !== undefined && 'value' in type) {
    const known = `[${scxmlTypes.map(quote).join(', ')}].includes(String(${type.value.text}))`;
    const failed = fail(wrong('The processor is not supported.'));
    actions = [whenNode(combined([type.value], known, { boolean: true }), actions, failed, location)];
  }
  return [...identity.before, ...actions];
}

/** One of the events that are known, by a name that is computed. */
function anyOf(
  site: Site,
  element: XmlElement,
  code: string,
  send: (name: string) => readonly ActionNode[],
  fail: (value: Value) => readonly ActionNode[],
): readonly ActionNode[] {
  const name = valueAt(site, element, code);
  if (name.failure !== undefined) return fail(name);
  site.chart.report(
    'MR1709',
    'info',
    'The name of the event is computed: it can be any that the documents name, and no other.',
    element,
  );
  const location = at(site, element);
  return [...site.world.events]
    .filter((each) => !isPlatformEvent(each))
    .reduceRight<readonly ActionNode[]>(
      (otherwise, event) => [
        whenNode(
          combined([name], `${name.text} === ${quote(event)}`, { boolean: true }),
          send(event),
          otherwise,
          location,
        ),
      ],
      fail(wrong('No event has the computed name.')),
    );
}

interface Identity {
  /** What has to happen before: an id is made and kept. */
  readonly before: readonly ActionNode[];
  /** What has to happen when the send is wrong. */
  readonly failed: readonly ActionNode[];
  readonly id: { readonly node: string | ExpressionNode; readonly value: Value } | undefined;
}

function idOf(site: Site, element: XmlElement): Identity {
  const { id, idlocation } = element.attributes;
  const location = at(site, element);
  const keep = (value: Value): readonly ActionNode[] =>
    site.chart.eventUse.sendid ? [assignNode(plain(`{ _failedSend: ${value.text} }`), location)] : [];
  if (idlocation !== undefined) {
    const next = plain(`\`send.\${${scoped('context')}._sends}\``);
    const count = assignNode(plain(`{ _sends: (${scoped('context')}._sends ?? 0) + 1 }`), location);
    const kept = assignNode(translateAssignment(idlocation, next, namesAt(site, element), site.view), location);
    return { before: [count, kept], failed: keep(next), id: { node: lambdaOf(next, location), value: next } };
  }
  if (id === undefined) return { before: [], failed: keep(plain('undefined')), id: undefined };
  return { before: [], failed: keep(plain(quote(id))), id: { node: id, value: plain(quote(id)) } };
}

function sendNamed(
  site: Site,
  element: XmlElement,
  name: string,
  data: Value | undefined,
  id: Identity['id'],
  fail: (value: Value) => readonly ActionNode[],
): readonly ActionNode[] {
  const location = at(site, element);
  const raise = (): ActionNode => {
    const payload = payloadOf(site, name, data, { type: 'internal' });
    return { kind: 'raise', call: eventCall(name, payload, location), location };
  };
  const unreachable = (): readonly ActionNode[] => {
    const message = `There is no session '${element.attributes.target?.slice('#_scxml_'.length)}'.`;
    const record = `{ name: 'Error', message: ${quote(message)}, code: 'MR3371', retryable: false, fault: 'environment' }`;
    const call = eventCall('error.communication', plain(record), location);
    return [...fail(plain('')).slice(0, -1), { kind: 'raise', call, location }];
  };
  const delay = delayOf(site, element);
  const send = (target: string | ExpressionNode | undefined): ActionNode => {
    const sendid = id === undefined ? {} : { sendid: id.value };
    const toParent = target === '#parent';
    const payload = payloadOf(site, name, data, { type: 'external', ...sendid, toParent });
    return {
      kind: 'send',
      call: eventCall(name, payload, location),
      ...(id === undefined ? {} : { id: id.node }),
      ...(delay === undefined ? {} : { delay }),
      ...(target === undefined ? {} : { target }),
      location,
    };
  };
  const target = given(site, element, 'target', 'targetexpr');
  if (target === undefined) return [send(undefined)];
  if ('text' in target) {
    if (target.text === '#_internal') return [raise()];
    const found = targetOf(target.text);
    if ('to' in found) return isUnreachable(site, target.text) ? [...unreachable()] : [send(found.to)];
    return fail(wrong(`'${target.text}' is not a target.`));
  }
  const { value } = target;
  if (value.failure !== undefined) return fail(value);
  const internal = combined([value], `${value.text} === '#_internal'`, { boolean: true });
  const block = [
    `const target = String(${value.text});`,
    "if (target === '#_parent') return '#parent';",
    "if (target.startsWith('#_scxml_')) return target.slice(8);",
    "if (target.startsWith('#_')) return `#${target.slice(2)}`;",
    'throw new Error(`${target} is not a target.`);',
  ].join('\n');
  const computed = combined([value], `(() => { ${block} })()`, {
    block,
    declared: new Set([...value.declared, 'target']),
    safe: false,
  });
  const failed = fail(wrong('')).slice(0, -1);
  return [whenNode(internal, [raise()], [...failed, send(lambdaOf(computed, location))], location)];
}

/** Does a target name a session of a machine that there is none of? */
const isUnreachable = ({ world }: Site, target: string): boolean =>
  target.startsWith('#_scxml_') && !world.machines.has(target.slice('#_scxml_'.length).replace(/\/.*$/s, ''));

/** A delay as the language writes it, or a lambda that gives milliseconds. */
export function delayOf(site: Site, element: XmlElement): Duration | ExpressionNode | undefined {
  const delay = given(site, element, 'delay', 'delayexpr');
  if (delay === undefined) return undefined;
  const location = at(site, element);
  if ('text' in delay) {
    const text = delay.text.trim().replace(/^\./, '0.');
    if (isDuration(text)) return /^0+(?:\.0+)?(?:ms|s)$/.test(text) ? undefined : text;
    return lambdaOf(wrong(`'${delay.text}' is not a time.`), location);
  }
  const { value } = delay;
  if (value.failure !== undefined) return lambdaOf(value, location);
  const block = [
    `const delay = String(${value.text});`,
    'const [, count, unit] = /^(\\d*\\.?\\d+)(ms|s)$/.exec(delay) ?? [];',
    'if (count === undefined) throw new Error(`${delay} is not a time.`);',
    "return `${Number(count) * (unit === 's' ? 1000 : 1)}ms`;",
  ].join('\n');
  const declared = new Set([...value.declared, 'delay', 'count', 'unit']);
  return lambdaOf(combined([value], `(() => { ${block} })()`, { block, declared, safe: false }), location);
}

/** `cancel`: takes back what was sent under an id. */
export function cancelActions(site: Site, element: XmlElement): readonly ActionNode[] {
  const location = at(site, element);
  const id = given(site, element, 'sendid', 'sendidexpr');
  if (id === undefined) return [];
  if ('text' in id) return [{ kind: 'cancel', id: id.text, location }];
  const { value } = id;
  if (value.failure !== undefined) return [assignNode(value, location)];
  return [{ kind: 'cancel', id: lambdaOf(combined([value], `String(${value.text})`), location), location }];
}
