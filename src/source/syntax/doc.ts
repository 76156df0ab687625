import { ts } from './typescript.js';
import { docText } from './doc-text.ts';
import type { Site } from './module.ts';

/** The text of the last JSDoc comment before a statement, up to its first tag. */
export function docOf({ node, module }: Site): string | undefined {
  const comments = ts.getLeadingCommentRanges(module.text, node.pos) ?? [];
  const doc = comments
    .map(({ pos, end }) => module.text.slice(pos, end))
    .findLast((comment) => /^\/\*\*[^*/]/.test(comment));
  return doc === undefined ? undefined : docText(doc);
}
