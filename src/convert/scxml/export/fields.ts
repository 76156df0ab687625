import { ts } from 'ts-morph';
import { isIdentifier } from '../../../model/text/names.ts';
import { visitActions, visitStates } from '../../../model/visit/index.ts';
import type { ExpressionNode, MachineNode } from '../../../model/index.ts';
import { parseExpression } from '../ecmascript/parse.ts';
import { javascript } from './types.ts';

/** A field of the context as a variable of the data model. */
export interface Field {
  readonly name: string;
  readonly variable: string;
  /** Its default, as code. */
  readonly initial: string | undefined;
}

/** The fields of a machine's context: those of its schema, or, when that cannot be seen, those that its lambdas name. */
export function fieldsOf(machine: MachineNode): ReadonlyMap<string, Field> {
  const known = schemaFields(machine.context.text) ?? mentioned(machine);
  const taken = new Set<string>();
  const fields = new Map<string, Field>();
  for (const [name, initial] of known) {
    // A name that begins with `_` belongs to the interpreter of a document.
    const wanted = name.replace(/^_+/, '').replaceAll(/[^\w$]/g, '_');
    let variable = isIdentifier(wanted) ? wanted : `field_${wanted}`;
    while (taken.has(variable)) variable = `${variable}_`;
    taken.add(variable);
    fields.set(name, { name, variable, initial });
  }
  return fields;
}

function schemaFields(text: string): ReadonlyMap<string, string | undefined> | undefined {
  const parsed = parseExpression(javascript(text));
  if (parsed.message !== undefined || !ts.isCallExpression(parsed.node)) return undefined;
  const { expression, arguments: given } = parsed.node;
  const [shape] = given;
  const isObject =
    ts.isPropertyAccessExpression(expression) && /^(?:strict|loose)?[oO]bject$/.test(expression.name.text);
  if (!isObject || shape === undefined || !ts.isObjectLiteralExpression(shape)) return undefined;
  const fields = new Map<string, string | undefined>();
  for (const member of shape.properties) {
    if (!ts.isPropertyAssignment(member)) return undefined;
    const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : undefined;
    if (name === undefined) return undefined;
    fields.set(name, defaultOf(member.initializer));
  }
  return fields;
}

/** The argument of the `.default(…)` of a schema. */
function defaultOf(schema: ts.Expression): string | undefined {
  if (!ts.isCallExpression(schema) || !ts.isPropertyAccessExpression(schema.expression)) return undefined;
  const { name, expression } = schema.expression;
  const [argument] = schema.arguments;
  return name.text === 'default' && argument !== undefined ? argument.getText() : defaultOf(expression);
}

function mentioned(machine: MachineNode): ReadonlyMap<string, undefined> {
  const names = new Set<string>();
  const look = (expression: ExpressionNode | undefined, isAssign = false): void => {
    const text = expression?.text ?? '';
    for (const [, name = ''] of text.matchAll(/\bcontext\??\.([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu)) names.add(name);
    for (const [, inner = ''] of text.matchAll(/\bcontext: \{([^}]*)\}/g))
      for (const [, name = ''] of inner.matchAll(/([\w$]+)/g)) names.add(name);
    const body = expression?.lambda?.body ?? '';
    if (isAssign) for (const [, name = ''] of body.matchAll(/[{,]\s*([\w$]+)\s*:(?!:)/g)) names.add(name);
  };
  visitStates(machine, (state) => {
    const transitions = [
      ...state.on.flatMap((each) => each.transitions),
      ...state.always,
      ...state.onDone,
      ...state.after.flatMap((each) => each.transitions),
      ...state.run.flatMap(({ onDone, onError }) => [...onDone, ...onError]),
    ];
    for (const { guard } of transitions) look(guard);
    look(state.output);
    for (const { input } of state.run) look(input);
    visitActions(state, (action) => {
      if (action.kind === 'assign') look(action.value, true);
      else if (action.kind === 'forEach') look(action.over);
      else if (action.kind === 'when') look(action.condition);
      else if ('call' in action) look(action.call.lambda);
    });
  });
  return new Map([...names].map((name) => [name, undefined]));
}
