import type { ts } from 'ts-morph';
import type { Reading } from '../reading.ts';
import type { Site } from '../syntax/module.ts';
import { nearest } from '../../core/index.ts';
import type { Property } from './properties.ts';
import { isUndefined, members, type Reader } from './readers.ts';

type Readers = Readonly<Record<string, Reader<unknown>>>;

/** The values that were read. A member is absent when it was not given or could not be read. */
export type Values<R extends Readers> = { -readonly [K in keyof R]?: R[K] extends Reader<infer T> ? T : never };

/**
 * Reads an object of known options. Unknown ones are reported with the list of those that are known.
 *
 * @param what How messages name the object: `task 'chargeCard'`.
 */
export function options<R extends Readers>(
  reading: Reading,
  site: Site<ts.Expression>,
  what: string,
  readers: R,
  required: readonly (keyof R & string)[] = [],
): Values<R> | undefined {
  const found = members(reading, site, 'an object with options');
  if (found === undefined) return undefined;
  const given = new Map(
    found.filter((property) => !isUndefined(property.value.node)).map((property) => [property.key, property]),
  );
  rejectUnknown(reading, found, what, Object.keys(readers));
  for (const key of required) {
    if (given.has(key)) continue;
    reading.report('MR1103', site, `'${key}' is missing in ${what}.`, { hint: `Add \`${key}: …\`.` });
  }
  const values: Record<string, unknown> = {};
  for (const [key, reader] of Object.entries(readers)) {
    const property = given.get(key);
    const value = property === undefined ? undefined : reader(reading, property.value);
    if (value !== undefined) values[key] = value;
  }
  return values as Values<R>;
}

/** What other tools call an option: `dsl upgrade` knows how it is said here, which is not always the same value. */
const elsewhere = {
  cond: 'guard',
  invoke: 'run',
  type: 'final',
  maxAttempts: 'attempts',
  maxRetries: 'attempts',
  retries: 'attempts',
} as const;

/** Reports the members that are not among the known ones. */
export function rejectUnknown(
  reading: Reading,
  found: readonly Property[],
  what: string,
  known: readonly string[],
): void {
  for (const { key, name } of found) {
    if (known.includes(key)) continue;
    const message = `${capital(what)} has no option '${key}'.`;
    const foreign = Object.hasOwn(elsewhere, key) ? elsewhere[key as keyof typeof elsewhere] : undefined;
    if (foreign !== undefined && known.includes(foreign)) {
      reading.report('MR1102', name, message, { hint: `Here it is '${foreign}': \`dsl upgrade\` rewrites it.` });
      continue;
    }
    const guess = nearest(key, known);
    reading.report('MR1102', name, message, {
      hint: `${guess === undefined ? '' : `Did you mean '${guess}'? `}Known are: ${known.join(', ')}.`,
      rename: guess,
    });
  }
}

/** An object with known options, as a reader. */
export function shape<R extends Readers, const Required extends keyof R & string = never>(
  what: string,
  readers: R,
  ...required: readonly Required[]
): Reader<Values<R> & { [K in Required]: R[K] extends Reader<infer T> ? T : never }> {
  return (reading, site) => {
    const values = options(reading, site, what, readers, required);
    if (values === undefined || required.some((key) => values[key] === undefined)) return undefined;
    return values as never;
  };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
