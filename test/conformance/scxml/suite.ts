import { readCases, type Case } from './cases.ts';
import { runCase, type Engine } from './run-case.ts';

/** What came of running all tests with one engine. */
export interface Outcome {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  /** Tests that need the scripts of the data model: how many there are, and how many of them pass. */
  readonly scripts: { readonly total: number; readonly passed: number };
  readonly failures: readonly { readonly group: string; readonly test: string; readonly why: string }[];
  readonly groups: readonly { readonly group: string; readonly total: number; readonly passed: number }[];
}

/** Runs all tests with one engine. */
export function runSuite(engine: Engine, cases: readonly Case[] = readCases()): Outcome {
  const results = cases.map((test) => ({ test, why: runCase(test, engine) }));
  const failures = results.flatMap(({ test, why }) =>
    why === undefined ? [] : [{ group: test.group, test: test.name, why }],
  );
  const groups = Object.entries(Object.groupBy(results, ({ test }) => test.group)).map(([group, list = []]) => ({
    group,
    total: list.length,
    passed: list.filter(({ why }) => why === undefined).length,
  }));
  const scripts = results.filter(({ test }) => test.script);
  return {
    total: results.length,
    passed: results.length - failures.length,
    failed: failures.length,
    scripts: { total: scripts.length, passed: scripts.filter(({ why }) => why === undefined).length },
    failures,
    groups,
  };
}
