// oxlint-disable typescript/no-unnecessary-type-parameters -- asking the type checker takes parameters that nothing else uses

/** Are two types the same, to the last modifier? */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Asserts a type: `is<Equal<typeof x, string>>()`. The type checker is the test. */
export function is<Truth extends true>(): Truth | undefined {
  return undefined;
}
