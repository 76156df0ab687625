const blank = /(?:\s|\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*)*/y;
const blankOnLine = /(?:[^\S\n\r\u2028\u2029]|\/\*[^\n\r\u2028\u2029]*?\*\/)*(?:\/\/[^\n\r\u2028\u2029]*)?/y;

/** The offset of the first token at or after an offset: behind spaces and comments. */
export function skipTrivia(text: string, from: number): number {
  blank.lastIndex = from;
  return from + (blank.exec(text)?.[0].length ?? 0);
}

/** Behind the comments that end the line, when nothing else follows on it; otherwise the offset itself. */
export function pastLineComments(text: string, from: number): number {
  blankOnLine.lastIndex = from;
  const end = from + (blankOnLine.exec(text)?.[0].length ?? 0);
  const isEnd = end >= text.length || /[\n\r\u2028\u2029]/.test(text[end] ?? '');
  return isEnd ? from + text.slice(from, end).trimEnd().length : from;
}

/** The spaces that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const begin = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^\uFEFF?([ \t]*)/.exec(text.slice(begin, offset))?.[1] ?? '';
}
