import type { ExpressionNode } from '../../model/index.ts';
import { scan, type Token } from '../../model/text/scan.ts';

/** What a lambda computes, on one line: `context.paid > 0` of `({ context }) => context.paid > 0`. */
export function codeText(node: ExpressionNode): string {
  return (valueOf(node) ?? node.lambda?.body ?? node.text).replaceAll(/\s+/g, ' ').replaceAll(' as const', '').trim();
}

/** The code of the value: nothing of a block that does more than to return one. */
function valueOf({ text, lambda }: ExpressionNode): string | undefined {
  if (lambda === undefined) return text;
  return lambda.block ? /^\{\s*return\s+([^;]*);?\s*\}$/.exec(lambda.body)?.[1] : lambda.body;
}

/** A text that is no longer than `length`. */
export function cut(text: string, length: number): string {
  const points = Array.from(text);
  return points.length <= length
    ? text
    : `${points
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

/** What a lambda gives, in few words: short code as it is, a long object by its fields. */
export function valueText(node: ExpressionNode): string {
  const code = codeText(node);
  const fields = givenFields(node);
  return code.length <= 40 || fields.length === 0 ? cut(code, 40) : fields.join(', ');
}

/** The fields of the object that a lambda gives, if it plainly gives one: `['reason', 'at']`; a spread keeps its dots. */
export function givenFields(node: ExpressionNode): readonly string[] {
  if (valueOf(node) === undefined) return [];
  const code = codeText(node);
  if (/^[\w$.?]+$/.test(code)) return [code];
  const tokens = scan(code);
  if (tokens === undefined || tokens[0]?.value !== '{') return [];
  const fields: string[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const step = bracket(token);
    depth += step;
    // Only an object that is the whole expression says what is given.
    if (depth === 0 && index < tokens.length - 1) return [];
    const begins = (step === 1 && depth === 1) || (depth === 1 && isMark(token, ','));
    if (!begins) continue;
    const [next, after] = [tokens[index + 1], tokens[index + 2]];
    if (next?.type === 'name' || next?.type === 'string') fields.push(next.value);
    else if (next !== undefined && isMark(next, '...')) fields.push(`…${after?.type === 'name' ? after.value : ''}`);
    else if (next !== undefined && isMark(next, '[')) fields.push('[…]');
  }
  return fields;
}

function bracket(token: Token): -1 | 0 | 1 {
  if (token.type !== 'mark') return 0;
  if ('([{'.includes(token.value)) return 1;
  return ')]}'.includes(token.value) ? -1 : 0;
}

function isMark(token: Token, value: string): boolean {
  return token.type === 'mark' && token.value === value;
}
