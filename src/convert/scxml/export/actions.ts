import { ts } from 'ts-morph';
import { milliseconds } from '../../../core/index.ts';
import { freeName, quote } from '../../../model/text/names.ts';
import type { ActionNode, ActionOf, ExpressionNode } from '../../../model/index.ts';
import { parseExpression } from '../ecmascript/parse.ts';
import { argumentOf, codeOf, type CodeScope } from './code.ts';
import type { Written } from './element.ts';
import type { ExportReport } from './scope.ts';

/** Actions as executable content. */
export const actionElements = (
  actions: readonly ActionNode[],
  scope: CodeScope,
  report: ExportReport,
): readonly Written[] => actions.flatMap((action) => elementsOf(action, scope, report));

function elementsOf(action: ActionNode, scope: CodeScope, report: ExportReport): readonly Written[] {
  switch (action.kind) {
    case 'assign':
      return assignElements(action, scope);
    case 'raise': {
      const { name } = action.call.target;
      const payload = argumentOf(action.call, scope);
      if (payload === undefined) return [{ name: 'raise', attributes: { event: name } }];
      return [{ name: 'send', attributes: { event: name, target: '#_internal' }, children: [contentOf(payload)] }];
    }
    case 'send':
      return sendElements(action, scope, report);
    case 'cancel':
      return [{ name: 'cancel', attributes: textOr('sendid', 'sendidexpr', action.id, scope) }];
    case 'when':
      return [
        {
          name: 'if',
          attributes: { cond: codeOf(action.condition, scope) },
          children: [
            ...actionElements(action.actions, scope, report),
            ...(action.otherwise === undefined ? [] : [{ name: 'else' }]),
            ...actionElements(action.otherwise ?? [], scope, report),
          ],
        },
      ];
    case 'forEach': {
      const round = { item: freeName('item', scope.taken), index: freeName('index', scope.taken) };
      const taken = new Set([...scope.taken, round.item, round.index]);
      return [
        {
          name: 'foreach',
          attributes: { array: codeOf(action.over, scope), ...round },
          children: actionElements(action.actions, { ...scope, taken, round }, report),
        },
      ];
    }
    case 'emit':
    case 'start':
      report(
        'MR1720',
        action.kind === 'emit'
          ? `SCXML has no event log: that '${action.call.target.name}' is emitted is left out.`
          : `SCXML starts no flows: '${action.call.target.name}' is left out.`,
        action.location,
      );
      return [];
    default:
      return action satisfies never;
  }
}

export const contentOf = (code: string): Written => ({ name: 'content', attributes: { expr: code } });

function textOr(
  name: string,
  computed: string,
  value: string | ExpressionNode | undefined,
  scope: CodeScope,
  wrap: (code: string) => string = (code) => code,
): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  return typeof value === 'string' ? { [name]: value } : { [computed]: wrap(codeOf(value, scope)) };
}

/** One `assign` a field where that is the same; a script where all values are taken before any changes. */
function assignElements({ value }: ActionOf<'assign'>, scope: CodeScope): readonly Written[] {
  const code = codeOf(value, scope);
  const members = membersOf(code, scope);
  if (members !== undefined) {
    const [first, ...rest] = members;
    const isSimple = rest.every(({ code: each }) => /^[\w\s+*!'"-]*$/.test(each));
    const assigned = members.map(({ variable }) => variable);
    const reads = rest.some(({ code: each }, index) =>
      assigned
        .slice(0, index + 1)
        .some((variable) => new RegExp(`\\b${variable.replaceAll('$', '\\$')}\\b`).test(each)),
    );
    if (first !== undefined && isSimple && !reads)
      return members.map(({ variable, code: expr }) => ({ name: 'assign', attributes: { location: variable, expr } }));
  }
  const change = freeName('change', scope.taken);
  const lines = [
    `const ${change} = Object.assign({}, ${code});`,
    ...[...scope.fields.values()].map(
      ({ name, variable }) => `if (${quote(name)} in ${change}) ${variable} = ${change}[${quote(name)}];`,
    ),
  ];
  return [{ name: 'script', text: lines.join('\n') }];
}

function membersOf(
  code: string,
  { fields }: CodeScope,
): readonly { readonly variable: string; readonly code: string }[] | undefined {
  const parsed = parseExpression(code);
  if (parsed.message !== undefined) return undefined;
  let { node } = parsed;
  while (ts.isParenthesizedExpression(node)) node = node.expression;
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const members: { variable: string; code: string }[] = [];
  for (const member of node.properties) {
    if (!ts.isPropertyAssignment(member) && !ts.isShorthandPropertyAssignment(member)) return undefined;
    if (!ts.isIdentifier(member.name) && !ts.isStringLiteral(member.name)) return undefined;
    const field = fields.get(member.name.text);
    if (field === undefined) return undefined;
    const value = ts.isPropertyAssignment(member) ? member.initializer.getText() : member.name.text;
    members.push({ variable: field.variable, code: value });
  }
  return members;
}

const targets = "((to) => to === '#parent' ? '#_parent' : to.startsWith('#') ? `#_${to.slice(1)}` : `#_scxml_${to}`)";
const delays = "((delay) => typeof delay === 'number' ? `${delay}ms` : delay)";

function sendElements(action: ActionOf<'send'>, scope: CodeScope, report: ExportReport): readonly Written[] {
  const { call, id, delay, target, location } = action;
  if (typeof target === 'string' && !target.startsWith('#') && !target.includes('/')) {
    report('MR1720', `SCXML finds no machine by a key: the send to '${target}' is left out.`, location);
    return [];
  }
  const to =
    typeof target !== 'string'
      ? target
      : target === '#parent'
        ? '#_parent'
        : target.startsWith('#')
          ? `#_${target.slice(1)}`
          : `#_scxml_${target}`;
  const payload = argumentOf(call, scope);
  return [
    {
      name: 'send',
      attributes: {
        event: call.target.name,
        ...textOr('id', 'idexpr', typeof id === 'string' ? id : undefined, scope),
        ...textOr('target', 'targetexpr', to, scope, (code) => `${targets}(${code})`),
        ...delayAttributes(delay, scope),
      },
      children: payload === undefined ? [] : [contentOf(payload)],
    },
    ...(id !== undefined && typeof id !== 'string' ? computedId(report, action) : []),
  ];
}

function computedId(report: ExportReport, { location }: ActionNode): readonly Written[] {
  report('MR1720', 'SCXML computes no ids of sends: this one cannot be taken back.', location);
  return [];
}

/** A delay, fixed or computed. */
export function delayAttributes(delay: ActionOf<'send'>['delay'], scope: CodeScope): Readonly<Record<string, string>> {
  if (delay === undefined) return {};
  if (typeof delay !== 'string') return { delayexpr: `${delays}(${codeOf(delay, scope)})` };
  return { delay: timeOf(delay) };
}

/** A duration as CSS writes times. */
export function timeOf(duration: string): string {
  const span = milliseconds(duration);
  return span % 1000 === 0 ? `${span / 1000}s` : `${span}ms`;
}
