import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crashTest, type CrashTestOptions } from './index.ts';

const script = new URL('./fixtures/lying-child.ts', import.meta.url);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-crash-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const play = (how: string, more: Partial<CrashTestOptions> = {}) => {
  const db = join(folder, 'test.db');
  return crashTest({ script, args: [db, how], db, kills: 2, within: { ms: 60 }, ...more });
};

it('finds nothing wrong with a program that keeps its promises', async () => {
  const report = await play('honest', { kills: 6, within: { lines: 12 }, seed: 3 });
  expect(report).toMatchObject({ kills: 6, seed: 3, lost: [], repeated: [], violations: [] });
  expect(report.effects).toBeGreaterThan(20);
});

it.each([
  ['early', 'lost', /run 'r1-9' was accepted and is not there/],
  ['wrong', 'lost', /run 'r1-0' had ended with 7 and has 3/],
  ['again', 'repeated', /try 1 of 'a' of run 'r1-0' was made although the step had ended/],
  ['twice', 'violations', /try 1 of 'a' of run 'r1-0' was made twice by one process/],
  ['dies', 'violations', /it ended with 3/],
] as const)('convicts one that breaks them: %s', async (how, list, text) => {
  // The first kill comes when the runs of its round have ended: it has told of 16 things by then.
  const report = await play(how, { moments: [{ lines: 15 }, { ms: 0 }] });
  expect(report[list].join('\n')).toMatch(text);
});

it('takes a kill before there is anything in the database', async () => {
  const early = new URL('./fixtures/early-child.ts', import.meta.url);
  const report = await play('', { script: early, within: { ms: 150 }, kills: 2 });
  expect(report).toMatchObject({ kills: 2, lost: [], repeated: [], violations: [] });
});

it('says so when an `expect` of the caller does not hold', async () => {
  const { violations } = await play('honest', { expect: ({ over }) => (over ? ['no money left'] : []) });
  expect(violations).toEqual([expect.stringMatching(/^round \d+: no money left$/)]);
});

it('refuses what cannot be tried', async () => {
  await expect(play('honest', { script: join(folder, 'none.ts') })).rejects.toMatchObject({ code: 'MR3551' });
  await expect(play('honest', { kills: -1 })).rejects.toMatchObject({ code: 'MR3551' });
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(script)], { encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(stderr).toContain('MR3550');
});
