import type fc from 'fast-check';
import type { CheckDefinition } from './strings.ts';
import { NoValues } from './unsupported.ts';

type FastCheck = typeof fc;

/**
 * How far numbers go where a schema sets no bound: as far as people count. A sum of larger ones need not fit any more, and
 * whoever means those says so in the schema.
 */
const usual = 1_000_000;

/** Numbers that the checks of a number schema take. */
export function numbersOf(
  fc: FastCheck,
  checks: readonly CheckDefinition[],
  path: readonly PropertyKey[],
): fc.Arbitrary<number> {
  const lower = tightest(checks, 'greater_than', 1);
  const upper = tightest(checks, 'less_than', -1);
  const formats = checks.flatMap((one) =>
    one.check === 'number_format' && one.format !== undefined ? [one.format] : [],
  );
  const steps = checks.flatMap((one) =>
    one.check === 'multiple_of' && typeof one.value === 'number' ? [one.value] : [],
  );
  const isWhole = formats.some((format) => format.includes('int')) || steps.some(Number.isInteger);
  const most = Math.max(usual, (lower?.value ?? 0) + usual);
  const least = Math.min(-usual, (upper?.value ?? 0) - usual);
  const from = lower?.value ?? (formats.includes('uint32') ? 0 : least);
  const to = upper?.value ?? most;
  if (isWhole || steps.length > 0) {
    const step = steps.reduce((all, one) => all * one, 1);
    const min = Math.ceil(inner(from, lower, 1, isWhole) / step);
    const max = Math.floor(inner(to, upper, -1, isWhole) / step);
    if (min > max) throw new NoValues(path, 'no number fits its bounds');
    const [nearMin, nearMax] = [Math.max(min, -20), Math.min(max, 100)];
    const all = fc.integer({ min, max });
    const both = nearMin <= nearMax ? fc.oneof(fc.integer({ min: nearMin, max: nearMax }), all) : all;
    return both.map((count) => Number((count * step).toPrecision(15)));
  }
  if (from > to) throw new NoValues(path, 'no number fits its bounds');
  const range = {
    min: from,
    max: to,
    minExcluded: lower?.inclusive === false,
    maxExcluded: upper?.inclusive === false,
  };
  const fine = formats.includes('float32')
    ? fc.double({ ...range, noNaN: true }).map(Math.fround)
    : fc.double({ ...range, noNaN: true });
  const coarse = fc.double({ ...range, noNaN: true }).map((one) => Math.round(one * 100) / 100);
  const isWithin = (one: number): boolean =>
    (range.minExcluded ? one > from : one >= from) && (range.maxExcluded ? one < to : one <= to);
  return fc
    .tuple(fine, coarse, fc.boolean())
    .map(([exact, rounded, isExact]) => (isExact || !isWithin(rounded) ? exact : rounded))
    .map((one) => (Object.is(one, -0) ? 0 : one));
}

interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
}

/** Of several bounds on one side the one that counts. */
function tightest(checks: readonly CheckDefinition[], check: string, into: 1 | -1): Bound | undefined {
  return checks
    .flatMap((one) =>
      one.check === check && typeof one.value === 'number'
        ? [{ value: one.value, inclusive: one.inclusive === true }]
        : [],
    )
    .toSorted((a, b) => into * (b.value - a.value) || Number(a.inclusive) - Number(b.inclusive))
    .at(0);
}

/** The nearest number within a bound. */
function inner(value: number, bound: Bound | undefined, into: 1 | -1, isWhole: boolean): number {
  if (!isWhole) return value;
  const near = into === 1 ? Math.ceil(value) : Math.floor(value);
  return near === value && bound?.inclusive === false ? value + into : near;
}
