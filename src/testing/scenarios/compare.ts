/** Where something is not as expected. */
export interface Problem {
  /** Such as `expect.runs.fulfilOrder.status`. */
  readonly at: string;
  readonly expected: unknown;
  /** Absent: there is nothing. */
  readonly actual?: unknown;
  /** What is wrong, when no two values are compared. */
  readonly message?: string;
  /** What else may help. */
  readonly note?: string;
}

/** Some of `actual`: what `expected` names, so that both can be shown side by side. */
export function likeness(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual))
    return actual.map((item: unknown, index) => (index < expected.length ? likeness(expected[index], item) : item));
  if (!isRecord(expected) || !isRecord(actual)) return actual;
  return Object.fromEntries(
    Object.keys(expected)
      .filter((key) => Object.hasOwn(actual, key))
      .map((key) => [key, likeness(expected[key], actual[key])]),
  );
}

/** Where `actual` is not what `expected` describes: named fields only, lists whole, `undefined` means absent. */
export function differences(expected: unknown, actual: unknown, at: string): readonly Problem[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [problem(at, expected, actual)];
    if (actual.length !== expected.length) {
      const note = `${expected.length} expected, ${actual.length} there`;
      return [{ ...problem(at, expected, likeness(expected, actual)), note }];
    }
    return expected.flatMap((item, index) => differences(item, actual[index], `${at}[${index}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return [problem(at, expected, actual)];
    return Object.entries(expected).flatMap(([key, value]) => differences(value, actual[key], `${at}.${key}`));
  }
  return Object.is(expected, actual) ? [] : [problem(at, expected, actual)];
}

function problem(at: string, expected: unknown, actual: unknown): Problem {
  return { at, expected, ...(actual === undefined ? {} : { actual }) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
