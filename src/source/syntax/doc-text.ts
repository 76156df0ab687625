/** What a JSDoc comment says, up to its first tag. */
export function docText(comment: string): string | undefined {
  const lines: string[] = [];
  for (const line of comment.slice(3, -2).split(/\r?\n/)) {
    const words = line.replace(/^\s*\*? ?/, '').trimEnd();
    if (words.startsWith('@')) break;
    lines.push(words);
  }
  const joined = lines.join('\n').trim();
  return joined === '' ? undefined : joined;
}
