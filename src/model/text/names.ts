import { globalNames, reservedWords } from './words.ts';

export { kebabCase } from '../../core/index.ts';

const plain = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Can this text stand as a variable's name? */
export function isIdentifier(text: string): boolean {
  return plain.test(text) && !reservedWords.has(text);
}

/**
 * The identifier of a definition: its name with the letter after `.`, `-` or anything else that an identifier cannot
 * hold raised. `order.placed-late` becomes `orderPlacedLate`.
 */
export function camelCase(name: string): string {
  const words = name.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== '');
  const joined = words.map((word, index) => (index === 0 ? word : raise(word))).join('');
  const safe = plain.test(joined) ? joined : `_${joined}`;
  return isIdentifier(safe) ? safe : `${safe}_`;
}

function raise(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  return first.toUpperCase() + word.slice(first.length);
}

/** A string literal with single quotes. Line separators and other invisible characters are escaped. */
export function quote(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replace(/[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, escapeUnit);
  return `'${inner}'`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A key in an object literal. `__proto__` is computed, since as a plain key it would set the prototype. */
export function propertyKey(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** A key in a type, where `__proto__` is like any other. */
export function typeKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** The access to a property: `.name` or `['a-b']`. */
export function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
}

/** A documentation comment, one line or several. Text that would end it is broken up. */
export function docComment(text: string): string {
  const lines = text
    .replaceAll('*/', '*\\/')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trimEnd());
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const [only = ''] = lines;
  if (lines.length === 1 && only.length <= 112) return `/** ${only} */`;
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
}

/** Text for a line comment: one line. */
export function lineComment(text: string): string {
  return `// ${text.replace(/[\n\r\u2028\u2029]+/g, ' ')}`;
}

/** May a variable of ours have this name without catching what user text means? */
export function isFree(name: string, taken: ReadonlySet<string>): boolean {
  return isIdentifier(name) && !taken.has(name) && !globalNames.has(name);
}

/** The first of `name`, `name_`, `name_2`, ... that is free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const base = plain.test(name) ? name : camelCase(name);
  if (isFree(base, taken)) return base;
  for (let count = 1; ; count++) {
    const next = `${base}_${count === 1 ? '' : count}`;
    if (isFree(next, taken)) return next;
  }
}
