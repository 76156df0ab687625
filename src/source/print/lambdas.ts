import type { CallNode, ExpressionNode, SchemaNode } from '../../model/index.ts';
import { normaliseText } from '../../model/text/normalise.ts';
import { argumentCode, userCode } from '../../model/text/code.ts';
import { below, group, type Doc } from '../../model/text/doc.ts';
import { scan, type Token } from '../../model/text/scan.ts';
import { quote } from '../../model/text/names.ts';
import { calleeOf } from './names.ts';
import type { Printing } from './printing.ts';

/** A lambda, or the name of a function. */
export function lambda(to: Printing, node: ExpressionNode): Doc {
  check(to, node);
  const { text, lambda: parts } = node;
  if (parts === undefined || parts.block || text.includes('\n')) return userCode(text);
  // The arrow may end a line, when the body would not fit behind it.
  for (const [open, close] of [
    ['', ''],
    ['(', ')'],
  ] as const) {
    const body = `${open}${parts.body}${close}`;
    if (!text.endsWith(`=> ${body}`)) continue;
    const head = text.slice(0, -body.length).trimEnd();
    const isObject = parts.body.startsWith('{');
    return isObject ? [head, ' ', open, userCode(parts.body), close] : group(head, below(' ', body));
  }
  return text;
}

/** A lambda or a constant text. */
export function textOr(to: Printing, value: string | ExpressionNode | undefined): Doc | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? quote(value) : lambda(to, value);
}

/** A lambda, when there is one. */
export function optionalLambda(to: Printing, node: ExpressionNode | undefined): Doc | undefined {
  return node === undefined ? undefined : lambda(to, node);
}

/** A schema. */
export function schema(to: Printing, node: SchemaNode): Doc {
  check(to, node);
  // `z.object({ … })`: its members may stand on lines of their own.
  const [, head, members] = /^([\w.]+\()(\{.*\})\)$/.exec(node.text) ?? [];
  return head === undefined || members === undefined ? argumentCode(node.text) : [head, userCode(members), ')'];
}

export function optionalSchema(to: Printing, node: SchemaNode | undefined): Doc | undefined {
  return node === undefined ? undefined : schema(to, node);
}

const kinds = { task: 'tasks', flow: 'flows', event: 'events', machine: 'machines' } as const;

/** The lambda of a call. It calls its definition under the name that this has in the text. */
export function call(to: Printing, node: CallNode): Doc {
  const { target, argument, lambda: code } = node;
  check(to, code);
  const written = calleeOf(node);
  const constant = to.constant(target.name, [kinds[target.kind]], node.location);
  const callee = written !== undefined && to.names.definitions.get(written) === target.name ? written : constant;
  const head = `(${code.lambda?.parameter ?? ''}) => ${callee}(`;
  const isAsWritten = normaliseText(`${head}${argument})`) === normaliseText(code.text);
  // What stands around the call, such as a type, is kept where the call itself can stay as it is.
  if (!isAsWritten && callee === written) return userCode(code.text);
  if (argument === '') return `${head})`;
  return [head, argumentCode(argument), ')'];
}

export function optionalCall(to: Printing, node: CallNode | undefined): Doc | undefined {
  return node === undefined ? undefined : call(to, node);
}

/** Says so when a piece of code is none, or needs what the model does not hold. */
function check(to: Printing, { text, uses, location }: ExpressionNode | SchemaNode): void {
  const { locals, imports } = to.model;
  for (const name of uses) {
    if (Object.hasOwn(locals, name) || Object.hasOwn(imports, name)) continue;
    to.missing(location, `This code needs '${name}', which the model does not hold.`);
  }
  const tokens = scan(text);
  if (tokens !== undefined && tokens.length > 0 && isOne(tokens)) return;
  const hint = 'A lambda or a schema is one expression, and nothing else.';
  to.cannot(location, `'${text.split('\n', 1)[0]}' is no expression.`, hint);
}

/** Are the brackets closed, and is there nothing outside of them that ends or separates? */
function isOne(tokens: readonly Token[]): boolean {
  const open: string[] = [];
  for (const { type, value } of tokens) {
    if (type !== 'mark') continue;
    if ('([{'.includes(value)) open.push(value);
    else if (value === ')' || value === ']' || value === '}') {
      if (open.pop() !== { ')': '(', ']': '[', '}': '{' }[value]) return false;
    } else if ((value === ';' || value === ',') && open.length === 0) return false;
  }
  return open.length === 0;
}
