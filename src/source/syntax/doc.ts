import { ts } from 'ts-morph';
import type { Site } from './module.ts';

/** The text of the last JSDoc comment before a statement, up to its first tag. */
export function docOf({ node, module }: Site): string | undefined {
  const comments = ts.getLeadingCommentRanges(module.text, node.pos) ?? [];
  const doc = comments
    .map(({ pos, end }) => module.text.slice(pos, end))
    .findLast((comment) => /^\/\*\*[^*/]/.test(comment));
  if (doc === undefined) return undefined;
  const lines: string[] = [];
  for (const line of doc.slice(3, -2).split(/\r?\n/)) {
    const words = line.replace(/^\s*\*? ?/, '').trimEnd();
    if (words.startsWith('@')) break;
    lines.push(words);
  }
  const joined = lines.join('\n').trim();
  return joined === '' ? undefined : joined;
}
