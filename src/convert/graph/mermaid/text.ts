import { labelText, type LabelParts } from '../label.ts';

// What may stand in a label as it is; all else becomes `#34;` and the like: the grammar of Mermaid and its Markdown leave
// no more. An underscore is safe inside a word.
const plain = /[\p{L}\p{M}\p{N} ,.()=+/?!'…→-]/u;
// Where a line begins, these would make a list out of it.
const list = /^(?:\d+(?=[.)]))?[-+.)]/;
// The lexer of state diagrams takes any line for a statement that has these words in it.
const statement = /(direction) (?=TB|BT|RL|LR)/gi;

/** One line of any text, such that Mermaid shows it as it is. */
export function mermaidText(text: string): string {
  // Mermaid marks its own entities with the ligature.
  const line = text
    .replaceAll('ﬂ', 'fl')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  const listMark = (list.exec(line)?.[0].length ?? 0) - 1;
  let escaped = '';
  let index = 0;
  for (const point of line) {
    const isPlain = plain.test(point) || (point === '_' && isInWord(line, index));
    escaped += isPlain && index !== listMark ? point : entity(point);
    index += point.length;
  }
  return escaped === '' ? entity('\u00a0') : escaped.replaceAll(statement, `$1${entity(' ')}`);
}

/** What stands at an arrow. */
export function mermaidLabel(parts: LabelParts): string {
  return labelText(parts, mermaidText);
}

function entity(point: string): string {
  return `#${point.codePointAt(0) ?? 160};`;
}

function isInWord(text: string, index: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(index - 1)) && /[\p{L}\p{N}]/u.test(text.charAt(index + 1));
}
