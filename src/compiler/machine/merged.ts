/** The context with the fields that an assign gives. */
import { hard, indent, object, type Doc } from '../../model/text/doc.ts';
import type { Value } from './lambdas.ts';

/** `{ ...context, n: context.n + 1 }` */
export function merged({ text, code }: Value, context: string): Doc {
  const members = text === undefined ? undefined : membersOf(text);
  if (members !== undefined)
    return [
      '{',
      members.includes('\n')
        ? brokenMembers(members, context)
        : ` ...${context}${members === '' ? '' : `, ${members}`} `,
      '}',
    ];
  const simple = text === undefined || /^[\w$.]+(?:\([^()]*\))?$/.test(text);
  return object([`...${context}`, ['...', simple ? code : ['(', code, ')']]]);
}

function brokenMembers(members: string, context: string): Doc {
  const lines = members.split('\n');
  const depth = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  return [indent([hard, `...${context},`, ...lines.map((line) => [hard, line.slice(depth)])]), hard];
}

/** What stands between the braces when the text is one object literal; `undefined` when that is not certain. */
function membersOf(text: string): string | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  let depth = 0;
  const code = text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/gs, (literal) =>
    ' '.repeat(literal.length),
  );
  // A slash may begin a regular expression or a comment, in which quotes and braces mean nothing.
  if (code.includes('/')) return undefined;
  for (let index = 0; index < code.length; index += 1) {
    const unit = code[index];
    if (unit === '{') depth += 1;
    if (unit === '}' && --depth === 0 && index < code.length - 1) return undefined;
  }
  const inner = text.slice(1, -1).replaceAll('\r\n', '\n');
  if (!inner.includes('\n')) return inner.trim().replace(/,$/, '');
  // Lines may move when each holds whole members of its own.
  return /^\s*\n/.test(inner) && !inner.includes('`') ? inner.replace(/^\s*\n/, '').trimEnd() : undefined;
}
