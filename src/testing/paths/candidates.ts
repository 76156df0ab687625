import { seededRandom } from '../random.ts';
import type { Relevance } from './relevance.ts';
import { withValue, type Sample } from './sample.ts';

/** What a schema makes of a written value; undefined when it refuses it. */
export type Parse = (written: unknown) => Candidate | undefined;

/** A value as it is written, and what its schema makes of it. */
export interface Candidate {
  readonly written: unknown;
  readonly value: unknown;
}

/** The values that an input may carry. */
export interface Candidates {
  /** Undefined: no value was found that the schema takes. */
  readonly plain: Candidate | undefined;
  /** The values worth trying, the plain one first: those that differ in what matters. */
  list(relevance: Relevance, most: number): readonly Candidate[];
}

/** What stands for the payloads of one input. */
export interface CandidateOptions {
  /** The root of its paths in the relevance. */
  readonly root: string;
  readonly sample: Sample;
  readonly parse: Parse;
  /** What the user has given, written. */
  readonly given: readonly unknown[];
  readonly seed: number | string;
}

/** Makes the values of an input: the given ones, and the sample's. */
export function candidatesOf({ root, sample, parse, given, seed }: CandidateOptions): Candidates {
  const from = given.length > 0 ? { base: given[0], choices: sample.choices } : sample;
  const valid = validBase(from, parse);
  let made: { readonly version: number; readonly most: number; readonly values: readonly Candidate[] } | undefined;
  return {
    plain: valid && parse(valid.written),
    list(relevance, most) {
      if (valid === undefined) return [];
      const base = valid.written;
      if (made?.version === relevance.version && made.most === most) return made.values;
      const choices = from.choices
        .filter(({ path }) => relevance.has([root, ...path].join('/')))
        .map(({ path, values }) =>
          values.map(
            (value) =>
              (to: unknown): unknown =>
                withValue(to, path, value),
          ),
        );
      const written = [base, ...given.slice(1), ...combined(base, choices, most, `${seed}/${root}`)];
      const values = new Map<string, Candidate>();
      for (const each of written) {
        const parsed = parse(each);
        if (parsed === undefined || !isStorable(parsed.value)) continue;
        const key = JSON.stringify(parsed.value) ?? '';
        if (!values.has(key)) values.set(key, parsed);
        if (values.size >= Math.max(most, given.length)) break;
      }
      made = { version: relevance.version, most, values: [...values.values()] };
      return made.values;
    },
  };
}

type Change = (value: unknown) => unknown;

/** All combinations when they are few; otherwise each change by itself, any two together, and then random ones. */
function* combined(
  base: unknown,
  choices: readonly (readonly Change[])[],
  most: number,
  seed: string,
): Generator<unknown> {
  const all = choices.reduce((product, values) => product * (values.length + 1), 1);
  if (all <= most) {
    let made = [base];
    for (const values of choices) made = made.flatMap((value) => [value, ...values.map((change) => change(value))]);
    yield* made;
    return;
  }
  for (const values of choices) for (const change of values) yield change(base);
  for (const [index, values] of choices.entries()) {
    for (const others of choices.slice(index + 1)) {
      for (const change of values) for (const other of others) yield other(change(base));
    }
  }
  const random = seededRandom(seed);
  for (let count = 0; count < most * 4; count++) {
    yield choices.reduce<unknown>((value, changes) => {
      const change = changes[Math.floor(random() * (changes.length + 1))];
      return change === undefined ? value : change(value);
    }, base);
  }
}

/** A value that the schema takes: the base, or the base with as few changes as possible. */
function validBase({ base, choices }: Sample, parse: Parse): { readonly written: unknown } | undefined {
  if (parse(base) !== undefined) return { written: base };
  const changes = choices.map(({ path, values }) =>
    values.map(
      (value) =>
        (to: unknown): unknown =>
          withValue(to, path, value),
    ),
  );
  for (const written of combined(base, changes, 256, 'base')) if (parse(written) !== undefined) return { written };
  return undefined;
}

/** Is it what JSON can say? Such are the values that a store gives back as they are. */
function isStorable(value: unknown): boolean {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isStorable);
}
