import { describe, expect, it } from 'vitest';
import { readCases } from './cases.ts';
import type { Engine } from './run-case.ts';
import { runSuite } from './suite.ts';

/** What does not pass, and is explained in docs/scxml.md. */
const explained = ['w3c-ecma/test201.txml'];

describe('the public SCXML suite', () => {
  const cases = readCases();

  it('has all its pairs', () => {
    expect(cases).toHaveLength(316);
  });

  it.each(['interpreter', 'compiled'] satisfies Engine[])('passes with the %s, but for what is explained', (engine) => {
    const { failures, passed } = runSuite(engine, cases);
    expect(failures.filter(({ group, test }) => !explained.includes(`${group}/${test}`))).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(313);
  });

  it('tells a test that fails from one that passes', () => {
    const [test] = cases;
    if (test === undefined) throw new Error('there is no test');
    const wrong = { ...test, expected: { ...test.expected, initialConfiguration: ['elsewhere'] } };
    expect(runSuite('interpreter', [wrong]).failures).toEqual([
      { group: test.group, test: test.name, why: expect.stringContaining('expected elsewhere') },
    ]);
  });
});
