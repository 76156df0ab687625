import { expect, test } from 'vitest';
import type { GateReport, Subject, TaskCase, Verifier } from '../contract.ts';
import { playedTypes, playedVerifier } from '../fixtures/verifier.ts';
import { judge } from './judge.ts';

const subject = { file: '/p/tasks/x.ts', root: '/p' } as unknown as Subject;
const cases: readonly TaskCase[] = [{ name: 'a', origin: 'declared', input: 1, expect: { output: 1 } }];
const judged = (code: string, verifier: Verifier = playedVerifier()) =>
  judge({ subject, verifier, types: playedTypes, signal: AbortSignal.timeout(9_000), onStage: () => {} }, code, cases);
const ran = (...reports: readonly Partial<GateReport>[]): Verifier => ({
  ...playedVerifier(),
  run: () =>
    Promise.resolve(reports.map((one) => ({ gate: 'cases' as const, ok: true, problems: [], took: 1, ...one }))),
});

test.each(['policy', 'types', 'cases', 'mutation'])('code that fails at %s is not looked at further', async (gate) => {
  const { ok, failedAt, stages, weakCases } = await judged(`// FAILS ${gate}`);
  expect([ok, failedAt, stages.at(-1)?.stage, weakCases]).toEqual([false, gate, gate, gate === 'mutation']);
});

test('a gate that says all is well without a result for each case has not looked', async () => {
  for (const details of [undefined, {}, { results: [] }, { results: [1, 2] }]) {
    const { ok, failedAt, problems } = await judged('', ran(details === undefined ? {} : { details }));
    expect([ok, failedAt, problems[0]?.code]).toEqual([false, 'cases', 'MR5014']);
  }
  expect((await judged('', ran({ details: { results: [1] } }))).ok).toBe(true);
});

test('gates that were never there do not hold', async () => {
  expect(await judged('', ran())).toMatchObject({ ok: false, failedAt: 'cases', problems: [{ code: 'MR5014' }] });
});

test('nor does the strength of cases that nobody looked at', async () => {
  const verifier = { ...playedVerifier(), strength: () => Promise.resolve([]) };
  expect(await judged('', verifier)).toMatchObject({ ok: false, failedAt: 'mutation', problems: [{ code: 'MR5014' }] });
});

test('a gate that does not hold and does not say why is told as that', async () => {
  const { problems } = await judged('', ran({ ok: false, details: { results: [1] } }));
  expect(problems).toMatchObject([{ code: 'MR5014', file: 'tasks/x.ts', message: expect.stringContaining("'cases'") }]);
});
