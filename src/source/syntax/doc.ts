import { ts } from 'ts-morph';
import type { Site } from './module.ts';

/** The text of the JSDoc comment directly before a statement, up to its first tag. */
export function docOf({ node, module }: Site): string | undefined {
  const comments = ts.getLeadingCommentRanges(module.text, node.pos) ?? [];
  const last = comments.at(-1);
  if (last === undefined) return undefined;
  const text = module.text.slice(last.pos, last.end);
  if (!text.startsWith('/**') || text === '/**/') return undefined;
  const lines: string[] = [];
  for (const line of text.slice(3, -2).split(/\r?\n/)) {
    const words = line.replace(/^\s*\*? ?/, '').trimEnd();
    if (words.startsWith('@')) break;
    lines.push(words);
  }
  const joined = lines.join('\n').trim();
  return joined === '' ? undefined : joined;
}
