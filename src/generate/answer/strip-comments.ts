import { commentsOf } from '../types/escapes.ts';

/** Code without its comments. A line that had nothing else goes with them. */
export function stripComments(code: string): string {
  let text = code;
  for (const { pos, text: comment } of commentsOf(code).toReversed()) {
    const end = pos + comment.length;
    const lineStart = text.lastIndexOf('\n', pos - 1) + 1;
    const lineEnd = text.indexOf('\n', end) < 0 ? text.length : text.indexOf('\n', end);
    const [before, after] = [text.slice(lineStart, pos), text.slice(end, lineEnd)];
    if (before.trim() === '' && after.trim() === '') text = text.slice(0, lineStart) + text.slice(lineEnd + 1);
    else if (after.trim() === '') text = text.slice(0, lineStart) + before.trimEnd() + text.slice(lineEnd);
    // What it parted stays parted: a line break in it may end a statement.
    else text = `${text.slice(0, pos)}${comment.includes('\n') ? '\n' : ' '}${text.slice(end)}`;
  }
  return text;
}
