// How wide letters are at most, in parts of the font size: those of the widest of the common system fonts, and a little
// more. A text then fits with every font that a reader may have.
const widths: readonly (readonly [RegExp, number])[] = [
  [/[ijl|!.,;'`]/, 0.36],
  [/[ftrI()[\]{}/\\":-]|\s/, 0.46],
  [/[mwMW@%]/, 1.08],
  [/[<>=+~^#&]/, 0.84],
  [/[A-Z]/, 0.79],
  [/[a-z\d]/, 0.645],
];

/** The width that a text takes at most, in pixels. */
export function textWidth(text: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  let sum = 0;
  for (const point of text) sum += pointWidth(point);
  return Math.ceil(sum * size * (weight === 'bold' ? 1.08 : 1));
}

function pointWidth(point: string): number {
  const code = point.codePointAt(0) ?? 0;
  if (code > 126) return code >= 0x1100 || /\p{Extended_Pictographic}/u.test(point) ? 1.25 : 0.8;
  return widths.find(([pattern]) => pattern.test(point))?.[1] ?? 0.8;
}

/** Breaks a text into lines of at most `width` pixels: at spaces, and inside a word only if it alone is too long. */
export function wrapText(text: string, size: number, width: number, weight: 'normal' | 'bold' = 'normal'): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, size, weight) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const point of word) {
      if (line !== '' && textWidth(line + point, size, weight) > width) {
        lines.push(line);
        line = '';
      }
      line += point;
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}
