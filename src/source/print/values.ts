import type { Location } from '../../model/index.ts';
import { array, type Doc } from '../../model/text/doc.ts';
import { json, type Json } from '../../model/text/json.ts';
import { isIdentifier, propertyKey, quote } from '../../model/text/names.ts';
import { docText } from '../syntax/doc-text.ts';
import type { Printing } from './printing.ts';

/** `key: value`, or nothing when there is no value. */
export function member(key: string, value: Doc | undefined): readonly Doc[] {
  if (value === undefined) return [];
  return [value === key && isIdentifier(key) ? key : [propertyKey(key), ': ', value]];
}

/** A text, when there is one. */
export function text(value: string | undefined): Doc | undefined {
  return value === undefined ? undefined : quote(value);
}

export function texts(values: readonly string[] | undefined): Doc | undefined {
  return values === undefined ? undefined : array(values.map(quote));
}

/** One word, or a list of several or none. */
export function oneOrMore(values: readonly string[] | undefined): Doc | undefined {
  const [first, second] = values ?? [];
  return first !== undefined && second === undefined ? quote(first) : texts(values);
}

/** A JSON value, when there is one. */
export function optionalJson(value: unknown): Doc | undefined {
  return value === undefined ? undefined : json(value as Json);
}

/**
 * Says so when the members of an object literal would not have these names in this order: each is there once, and
 * JavaScript puts whole numbers first.
 */
export function checkKeys(to: Printing, location: Location, keys: readonly string[], what: string): void {
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    to.cannot(location, `${what} '${twice}' stands there twice.`, 'An object has each member once: put them together.');
  }
  const made = Object.keys(Object.fromEntries(keys.map((key) => [key, 0])));
  if (twice === undefined && made.some((key, index) => key !== keys[index])) {
    const hint = 'JavaScript puts members that are whole numbers first. Rename them, such as `s1`.';
    to.cannot(location, `${what} names cannot be written in the order '${keys.join("', '")}'.`, hint);
  }
}

/** A description as a comment, when a comment can say it. */
export function docLines(description: string | undefined): string | undefined {
  if (description === undefined || /\*\/|\p{Cc}/u.test(description.replaceAll('\n', ''))) return undefined;
  const comment = description.includes('\n')
    ? `/**\n${description
        .split('\n')
        .map((line) => ` * ${line}`.trimEnd())
        .join('\n')}\n */`
    : `/** ${description} */`;
  return docText(comment) === description && /^\/\*\*[^*/]/.test(comment) ? comment : undefined;
}
