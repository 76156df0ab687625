/** A member of an object literal of the module that is written. */
export interface Member {
  readonly key: string;
  /** Code on one line, a question, or members of its own. */
  readonly value: string | { readonly question: string } | readonly Member[];
  /** Lines above it. */
  readonly comments?: readonly string[];
}

const width = 120;

/** A string as the house writes it: in single quotes, unless that costs escapes. */
export function quote(text: string): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  if (!plain.includes("'") || plain.includes('"')) return `'${plain.replaceAll("'", "\\'")}'`;
  return `"${plain}"`;
}

/** The lines of members, each at its depth. */
export function printMembers(members: readonly Member[], depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return members.flatMap(({ key, value, comments = [] }) => {
    const name = printKey(key);
    const above = comments.flatMap((text) =>
      wrap(text, width - indent.length - 3).map((line) => `${indent}// ${line}`),
    );
    if (typeof value === 'string') return [...above, `${indent}${name}: ${value},`];
    if ('question' in value) {
      const asked = quote(value.question);
      const line = `${indent}${name}: placeholder(${asked}),`;
      if (line.length <= width) return [...above, line];
      return [...above, `${indent}${name}: placeholder(`, `${indent}  ${asked},`, `${indent}),`];
    }
    return [...above, `${indent}${name}: {`, ...printMembers(value, depth + 1), `${indent}},`];
  });
}

function printKey(key: string): string {
  // Written plainly it would not be a member, but the prototype.
  if (key === '__proto__') return "['__proto__']";
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : quote(key);
}

/** How many questions there are. */
export function countQuestions(members: readonly Member[]): number {
  return members.reduce((sum, { value }) => {
    if (typeof value === 'string') return sum;
    return sum + ('question' in value ? 1 : countQuestions(value));
  }, 0);
}

/** Text in lines that are not too long. */
export function wrap(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
