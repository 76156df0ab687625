import type { JsonSchema } from './json-schema.ts';

/** How many values are tried in one place. */
const most = 16;

const ofFormat: Readonly<Record<string, string>> = {
  email: 'someone@example.com',
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '12:00:00',
  duration: 'P1D',
  uuid: '00000000-0000-4000-8000-000000000001',
  guid: '00000000-0000-4000-8000-000000000001',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

// For a pattern that nobody can read here: one of these may fit.
const guesses = [
  'a',
  'A',
  '1',
  'ab',
  'AB',
  '12',
  'abc',
  'ABC',
  '123',
  'a1',
  'A1',
  'A-1',
  'a-1',
  '1234',
  '12345',
  '#000000',
];

/** Texts that a schema takes, the plainest first. */
export function textsFor(schema: JsonSchema, name: string, constants: readonly string[]): readonly string[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, format, pattern } = schema;
  const known = format === undefined ? undefined : ofFormat[format];
  const plain = fitted(known ?? name, minLength, maxLength);
  const bounds =
    known === undefined ? [fitted('', minLength, maxLength), ...(maxLength <= 64 ? ['x'.repeat(maxLength)] : [])] : [];
  const matches = (text: string): boolean => {
    if (text.length < minLength || text.length > maxLength) return false;
    if (known !== undefined && text === known) return true;
    try {
      return pattern === undefined || new RegExp(pattern, 'u').test(text);
    } catch {
      return true;
    }
  };
  const usual = typeof schema.default === 'string' ? [schema.default] : [];
  const fitting = [...usual, plain, ...constants, ...bounds, ...(pattern === undefined ? [] : guesses)].filter(matches);
  return [...new Set(fitting.length === 0 ? [plain] : fitting)].slice(0, most);
}

/** Numbers that a schema takes, the plainest first: bounds, and both sides of every constant. */
export function numbersFor(schema: JsonSchema, constants: readonly number[]): readonly number[] {
  const whole = schema.type === 'integer';
  const step = schema.multipleOf ?? (whole ? 1 : undefined);
  const smallest = step ?? 0.5;
  const least = Math.max(
    schema.minimum ?? Number.NEGATIVE_INFINITY,
    schema.exclusiveMinimum === undefined ? Number.NEGATIVE_INFINITY : schema.exclusiveMinimum + smallest,
  );
  const greatest = Math.min(
    schema.maximum ?? Number.POSITIVE_INFINITY,
    schema.exclusiveMaximum === undefined ? Number.POSITIVE_INFINITY : schema.exclusiveMaximum - smallest,
  );
  const fits = (value: number): boolean =>
    value >= least &&
    value <= greatest &&
    (step === undefined || Math.abs(value / step - Math.round(value / step)) < 1e-9);
  const bounds = [least, greatest].filter((bound) => Math.abs(bound) < Number.MAX_SAFE_INTEGER);
  const beside = constants.flatMap((value) => [value, value + (step ?? 1), value - (step ?? 1)]);
  const fitting = [1, step ?? 1, ...bounds, ...beside, 0, -1, 2].filter(fits);
  return [...new Set(fitting.length === 0 ? [Number.isFinite(least) ? least : 0] : fitting)].slice(0, most);
}

function fitted(text: string, least: number, greatest: number): string {
  return (text.length < least ? text.padEnd(least, 'x') : text).slice(0, greatest);
}
