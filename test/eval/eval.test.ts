import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { evalTasks } from './tasks/index.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });

it('the set is large enough, and each task has hidden tests that its declaration does not show', () => {
  expect(evalTasks.length).toBeGreaterThanOrEqual(12);
  expect(new Set(evalTasks.map(({ name }) => name)).size).toBe(evalTasks.length);
  for (const { name, hidden, declaration, answers } of evalTasks) {
    expect(hidden.length, name).toBeGreaterThanOrEqual(2);
    expect(declaration).toContain(`export const ${name} = task('${name}'`);
    expect(answers.length).toBeGreaterThan(0);
    for (const { input } of hidden) {
      const shown = [...declaration.matchAll(/input: (\{.*\})/g)].map(([, text = '']) => text.replaceAll(/[\s']/g, ''));
      expect(
        shown.some((text) => text.startsWith(JSON.stringify(input).replaceAll('"', ''))),
        name,
      ).toBe(false);
    }
  }
});

it('replays what was recorded, and tells apart what passed, what was mended, and what only knew the answers', () => {
  const { stdout, stderr, status } = run('--only', 'makeTicket,slugify,validCard');
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/✓ makeTicket: passed, 1 repairs/);
  expect(stderr).toMatch(/✓ slugify: passed, 0 repairs/);
  expect(stderr).toMatch(/✗ validCard: passed every gate, but not the hidden tests/);
  expect(stderr).toContain('the answers are those of a stand-in');
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
    tasks: 3,
    passed: 2,
    repairRounds: 1,
    mutationScore: expect.any(Number) as number,
    costUsd: expect.any(Number) as number,
  });
}, 180_000);

it('asks no provider without a key, and says so', () => {
  const { status, stderr } = run('--provider', 'anthropic');
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/The provider 'anthropic' cannot be asked: .*ANTHROPIC_API_KEY/),
  ]);
});
