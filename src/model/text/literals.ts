/** A piece of a template: text as written, or the code between `${` and `}`. */
export type TemplatePart<Code> = string | { readonly code: Code };

const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', v: '\v', f: '\f', 0: '\0' };
const escape = /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|(\r\n|[^]))/giu;

/** The value of what stands between quotes. */
export function unescape(raw: string): string {
  return raw.replace(escape, (_all, point: string, unit: string, byte: string, single: string) => {
    const hex = point ?? unit ?? byte;
    if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
    // A backslash at the end of a line continues the string.
    return /^(?:\r\n|[\n\r\u2028\u2029])$/u.test(single) ? '' : (simple[single] ?? single);
  });
}

/** Reads a quoted string; gives its value and where it ends. */
export function readString(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text[from];
  for (let position = from + 1; position < text.length; position++) {
    const unit = text[position];
    if (unit === '\\') position += text.startsWith('\r\n', position + 1) ? 2 : 1;
    else if (unit === quote) return { value: unescape(text.slice(from + 1, position)), end: position + 1 };
    else if (unit === '\n' || unit === '\r') return undefined;
  }
  return undefined;
}

/** Reads a regular expression with its flags; gives where it ends. A slash in a class does not end it. */
export function readRegExp(text: string, from: number): number | undefined {
  let inClass = false;
  for (let position = from + 1; position < text.length; position++) {
    const unit = text[position];
    if (unit === '\\') position++;
    else if (unit === '\n' || unit === '\r') return undefined;
    else if (unit === '[') inClass = true;
    else if (unit === ']') inClass = false;
    else if (unit === '/' && !inClass) {
      let end = position + 1;
      while (/[a-z]/i.test(text[end] ?? '')) end++;
      return end;
    }
  }
  return undefined;
}

/** Reads a template literal. `readCode` reads from behind a `${` to its `}`, and gives where that stands. */
export function readTemplate<Code>(
  text: string,
  from: number,
  readCode: (from: number) => { readonly code: Code; readonly end: number } | undefined,
): { readonly parts: readonly TemplatePart<Code>[]; readonly end: number } | undefined {
  const parts: TemplatePart<Code>[] = [];
  let start = from + 1;
  for (let position = start; position < text.length; position++) {
    if (text[position] === '\\') {
      position++;
      continue;
    }
    const isEnd = text[position] === '`';
    if (!isEnd && !text.startsWith('${', position)) continue;
    parts.push(text.slice(start, position).replaceAll('\r\n', '\n'));
    if (isEnd) return { parts, end: position + 1 };
    const code = readCode(position + 2);
    if (code === undefined) return undefined;
    parts.push({ code: code.code });
    position = code.end;
    start = code.end + 1;
  }
  return undefined;
}
