import { nearest } from '../../core/nearest.ts';
import type { Config } from '../../dsl/index.ts';

type Settings = NonNullable<Config['runtime']>;
type Check = readonly [is: (value: unknown) => boolean, what: string];

const isObject = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const count = (least: number): Check => [
  (value) => Number.isSafeInteger(value) && Number(value) >= least,
  `a whole number from ${least} on`,
];
const object: Check = [isObject, 'an object'];

// The runtime looks into what is an object, and says itself what is wrong there.
const shape: Readonly<Record<keyof Settings, Check>> = {
  concurrency: count(1),
  rateLimit: [
    (value) => isObject(value) || Array.isArray(value),
    "a rate, such as { limit: 10, per: '1s' }, or several",
  ],
  queue: count(0),
  maxLost: count(1),
  history: object,
  retention: object,
  workers: [(value) => typeof value === 'boolean' || isObject(value), 'true, false or { concurrency, leaseMs }'],
  metrics: [(value) => typeof value === 'boolean', 'true or false'],
  compactAfter: [(value) => value === Infinity || count(1)[0](value), 'a whole number from 1 on, or Infinity'],
  drainMs: count(0),
};

/** What is wrong with `runtime` of a config: with which key, what, and what would be right. */
export function runtimeProblem(
  value: object | undefined,
): { readonly key: string; readonly message: string; readonly hint: string } | undefined {
  for (const [key, member] of Object.entries(value ?? {})) {
    const known = Object.hasOwn(shape, key) ? shape[key as keyof Settings] : undefined;
    if (known === undefined) {
      const names = Object.keys(shape);
      const like = nearest(key, names);
      const list = `It knows ${names.join(', ')}.`;
      const hint = like === undefined ? list : `Did you mean '${like}'? ${list}`;
      return { key, message: `'runtime' has no option '${key}'.`, hint };
    }
    if (!known[0](member)) {
      const hint = `It is ${JSON.stringify(member) ?? typeof member}.`;
      return { key, message: `'runtime.${key}' should be ${known[1]}.`, hint };
    }
  }
  return undefined;
}
