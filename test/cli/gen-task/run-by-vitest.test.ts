import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Project } from '../dsl.ts';
import { answering, filesOf, shop } from './project.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/** What a person has who says `npx vitest run`. */
async function vitest({ root }: Project): Promise<Report> {
  const file = join(root, 'report.json');
  rmSync(file, { force: true });
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', `--outputFile=${file}`],
    { cwd: root, env: { PATH: process.env['PATH'], HOME: process.env['HOME'] }, stdio: 'ignore' },
  );
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

test('the test files that are written run in the project, and fail when the code is not right', async () => {
  await using server = await answering(undefined);
  using it = shop();
  // A beginning is never green.
  expect((await it.dsl(['gen-task', 'shop.dsl.ts', '--all'])).code).toBe(0);
  const begun = await vitest(it);
  expect([begun.numPassedTests, begun.numFailedTests]).toEqual([0, 0]);
  expect(begun.numTodoTests).toBeGreaterThan(3);

  expect((await it.dsl(['gen-task', 'shop.dsl.ts', '--all'], server)).code).toBe(0);
  const good = await vitest(it);
  expect(good).toMatchObject({ success: true, numFailedTests: 0, numTodoTests: 0 });
  // The examples, the cases of both, and what the schemas say of the one that reaches nothing.
  expect(good.numPassedTests).toBe(3 + 4 + 3 + 1);
  const code = filesOf(it)['tasks/price-basket.ts'] ?? '';
  writeFileSync(join(it.root, 'tasks/price-basket.ts'), code.replace('>= 10', '> 10'));
  expect(await vitest(it)).toMatchObject({ success: false, numFailedTests: 1 });
}, 300_000);
