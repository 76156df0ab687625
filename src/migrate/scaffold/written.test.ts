import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root as repository, typeCheck } from '../../../test/support/type-check.ts';
import type { Project } from '../fixtures/project.ts';
import { after, kept, plan, renames } from '../fixtures/scaffold-shop.ts';
import { loadSteps } from '../plan/load.ts';
import { openQuestions } from '../plan/questions.ts';

describe('what is written', () => {
  let it_: Project;
  const file = 'migrations/1.0.0-to-2.0.0.ts';
  beforeAll(async () => {
    it_ = await kept(after);
    const { scaffold } = await plan(it_, { rename: renames.slice(0, 2) });
    it_.write({
      [file]: scaffold?.module?.text ?? '',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'nodenext',
          target: 'es2024',
          types: ['node'],
          noUnusedLocals: true,
          noUnusedParameters: true,
          noUncheckedIndexedAccess: true,
          exactOptionalPropertyTypes: true,
          verbatimModuleSyntax: true,
          erasableSyntaxOnly: true,
          allowImportingTsExtensions: true,
          isolatedModules: true,
          skipLibCheck: true,
        },
        include: ['migrations'],
      }),
    });
  });
  afterAll(() => it_[Symbol.dispose]());

  it('is a step whose questions are found at their places', async () => {
    const { files, diagnostics } = await loadSteps(it_.entry, it_.root);
    expect(diagnostics).toEqual([]);
    const lines = readFileSync(join(it_.root, file), 'utf8').split('\n');
    const questions = openQuestions(
      files.map(({ step }) => ({ from: step.from, to: step.to, file, down: false, parts: step })),
      it_.root,
    );
    expect(questions.length).toBeGreaterThan(3);
    for (const { line, column } of questions) expect(lines[line - 1]?.slice(column - 1)).toMatch(/^placeholder\(/);
  });

  it('passes a strict type check, with the answers, too; and a wrong answer does not', async () => {
    const check = async () => (await typeCheck(join(it_.root, 'tsconfig.json'))).errors.map(({ message }) => message);
    expect(await check()).toEqual([]);
    const text = readFileSync(join(it_.root, file), 'utf8');
    const filled = text
      .replace('migration, placeholder', 'migration')
      .replace(
        /context: placeholder\([^]*?\),\n/,
        "context: (context: { total: number }) => ({ ...context, currency: 'EUR' }),\n",
      )
      .replaceAll(/(\w+): placeholder\([^]*?\),\n/g, "$1: 'cancel',\n");
    writeFileSync(
      join(it_.root, file),
      filled.replaceAll(/(charged|paid|waiting): 'cancel'/g, (_, key) =>
        key === 'charged' ? `${key}: (old: { receipt: string }) => old` : `${key}: null`,
      ),
    );
    expect(await check()).toEqual([]);
    writeFileSync(join(it_.root, file), filled.replace("'cancel'", '7'));
    expect(await check()).toHaveLength(1);
    writeFileSync(join(it_.root, file), text);
  });

  it('is formatted as the house does', () => {
    const text = readFileSync(join(it_.root, file), 'utf8');
    writeFileSync(join(it_.root, '.oxfmtrc.json'), readFileSync(join(repository, '.oxfmtrc.json'), 'utf8'));
    execFileSync(join(repository, 'node_modules/.bin/oxfmt'), [file], { cwd: it_.root });
    expect(readFileSync(join(it_.root, file), 'utf8')).toBe(text);
  });
});
