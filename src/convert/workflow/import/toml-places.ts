import { parse } from 'smol-toml';
import type { Span } from '../../xstate/import/importing.ts';

/** Where keys and values stand, by their path with zeros between; items of lists go by their number. */
export type Places = ReadonlyMap<string, { readonly key: Span; readonly value: Span }>;

const space = /[ \t]*/y;
const gap = /(?:[ \t\r\n]|#[^\n]*)*/y;
const bareKey = /[\w-]+/y;
const strings = [
  /"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}/y,
  /'''(?:[^']|'{1,2}(?!'))*'{3,5}/y,
  /"(?:[^"\\\n]|\\.)*"/y,
  /'[^'\n]*'/y,
];
const word = /[^,\]}\r\n#]*/y;

interface Key extends Span {
  readonly name: string;
}

/**
 * Finds the places in a text that is known to be TOML: the reader of the values tells none. A table stands where its
 * header does, a table that only headers below it imply where its name is first written.
 */
export function tomlPlaces(text: string): Places {
  const places = new Map<string, { readonly key: Span; readonly value: Span }>();
  /** The number of the last item of each list of tables. */
  const last = new Map<string, number>();
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const string = (): string => {
    for (const pattern of strings) {
      const found = take(pattern);
      if (found !== '') return found;
    }
    return '';
  };
  const keys = (): readonly Key[] => {
    const found: Key[] = [];
    do {
      if (found.length > 0) at += 1;
      take(space);
      const start = at;
      const quoted = string();
      const name = quoted === '' ? take(bareKey) : String(parse(`key = ${quoted}`)['key']);
      found.push({ name, start, end: at });
      take(space);
    } while (text.charAt(at) === '.');
    return found;
  };
  const note = (path: readonly string[], key: Span, value: Span): void => {
    const id = path.join('\0');
    if (!places.has(id)) places.set(id, { key, value });
  };
  const resolved = (from: readonly string[], names: readonly Key[]): readonly string[] => {
    const path = [...from];
    for (const key of names) {
      path.push(key.name);
      note(path, key, key);
      const index = last.get(path.join('\0'));
      if (index !== undefined) path.push(String(index));
    }
    return path;
  };
  const value = (path: readonly string[], key: Span | undefined): void => {
    take(space);
    const start = at;
    const first = text.charAt(at);
    if (first === '[' || first === '{') {
      at += 1;
      take(gap);
      for (let index = 0; at < text.length && !/[\]}]/.test(text.charAt(at)); index++) {
        if (first === '[') value([...path, String(index)], undefined);
        else pair(path);
        take(gap);
        if (text.charAt(at) === ',') at += 1;
        take(gap);
      }
      at += 1;
    } else if (string() === '') {
      const raw = take(word);
      at -= raw.length - raw.trimEnd().length;
    }
    const span = { start, end: at };
    places.set(path.join('\0'), { key: key ?? span, value: span });
  };
  const pair = (path: readonly string[]): void => {
    const names = keys();
    const own = resolved(path, names);
    at += 1;
    value(own, names.at(-1));
  };
  let table: readonly string[] = [];
  for (take(gap); at < text.length; take(gap)) {
    const before = at;
    if (text.startsWith('[[', at)) {
      at += 2;
      const names = keys();
      const span = { start: before, end: (at += 2) };
      const path = [...resolved([], names.slice(0, -1)), names.at(-1)?.name ?? ''];
      const id = path.join('\0');
      note(path, span, span);
      last.set(id, (last.get(id) ?? -1) + 1);
      table = [...path, String(last.get(id))];
      note(table, span, span);
    } else if (text.charAt(at) === '[') {
      at += 1;
      const names = keys();
      const span = { start: before, end: (at += 1) };
      table = resolved([], names);
      places.set(table.join('\0'), { key: names.at(-1) ?? span, value: span });
    } else pair(table);
    if (at === before) at += 1;
  }
  return places;
}
