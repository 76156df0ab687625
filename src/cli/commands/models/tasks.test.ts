import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCatalogue } from '../../../llm/index.ts';
import { readSystem } from '../../../source/index.ts';
import type { KnownModels } from '../../models/who-can-be-asked.ts';
import { taskModels } from './tasks.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-tasks-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function looked(options: string, known: Partial<KnownModels> = {}) {
  const text = `import { agent, system, task } from 'millrace';
import { z } from 'zod';
export default system('desk', { version: '1.0.0' });
export const clerk = agent('clerk', ${options});
export const byHand = task('byHand', { input: z.string(), output: z.string() });
export const sort = task('sort', { input: z.string(), output: z.string(), model: { agent: clerk, prompt: 'Sort it.' } });
`;
  writeFileSync(join(folder, 'desk.dsl.ts'), text);
  const { system, diagnostics } = await readSystem(join(folder, 'desk.dsl.ts'), { cwd: folder });
  if (system === undefined) throw new Error(JSON.stringify(diagnostics));
  const all = { catalogue: openCatalogue(), route: {}, ready: new Set(['anthropic']), isLimited: false, ...known };
  const found = taskModels(system, all);
  expect(found).toHaveLength(1);
  return found[0];
}

test('a task has the models of its role that can be asked', async () => {
  expect(await looked("{ role: 'fast' }")).toEqual({
    task: 'sort',
    agent: 'clerk',
    wants: 'the role fast',
    models: ['anthropic/claude-haiku-5-5'],
  });
});

test('or of the nearest role that somebody who can be asked has, and it says so', async () => {
  const ready = new Set(['gemini']);
  expect(await looked("{ role: 'balanced' }", { ready })).toMatchObject({
    wants: 'the role balanced',
    models: ['gemini/gemini-3.8-flash'],
    instead: 'instead of the role balanced: nobody who can be asked has it',
  });
  expect(await looked("{ role: 'fast' }", { ready })).not.toHaveProperty('instead');
  // Nothing is known of what this one is good for.
  const own = { id: 'own-1', provider: 'ollama', contextTokens: 8_000, maxOutputTokens: 2_000 };
  const capabilities = { tools: true, structuredOutput: true, streaming: true };
  const catalogue = openCatalogue({ overrides: [{ models: [{ ...own, capabilities }] }] });
  expect(await looked("{ role: 'balanced' }", { catalogue, ready: new Set(['ollama']) })).toMatchObject({
    models: [],
    problem:
      "none of its providers can be asked: anthropic, openai. Give the role to another in models.catalogue: { id: 'own-1', role: 'balanced' }.",
  });
});

test('or the model that it names, and those that stand in for it', async () => {
  expect(await looked("{ model: 'gpt-6-luna' }")).toMatchObject({
    wants: 'gpt-6-luna',
    problem: 'none of its providers can be asked: openai.',
  });
  const route = { fallbacks: { 'gpt-6-luna': ['claude-haiku-5-5'] } };
  expect(await looked("{ model: 'gpt-6-luna' }", { route })).toMatchObject({ models: ['anthropic/claude-haiku-5-5'] });
  expect(await looked("{ model: 'gpt-6-lunar' }")).toMatchObject({
    models: [],
    problem: expect.stringMatching(
      /^the catalogue has no model 'gpt-6-lunar'\. Did you mean 'gpt-6-luna'\? .*id: 'gpt-6-lunar', provider: 'PROVIDER'/,
    ),
  });
});

test('a server of your own, of which the catalogue has no model, is told with what to add', async () => {
  const ready = new Set(['ollama']);
  expect(await looked("{ role: 'fast' }", { ready })).toMatchObject({
    models: [],
    problem: expect.stringMatching(
      /The catalogue has no model of ollama.*provider: 'ollama', role: 'fast'.*PerMTok: 0/,
    ),
  });
  expect(await looked("{ model: 'llama3.3' }", { ready })).toMatchObject({
    problem: expect.stringContaining("{ id: 'llama3.3', provider: 'ollama', "),
  });
});

test('where there is a budget, a price has to be known', async () => {
  const catalogue = openCatalogue({ overrides: [{ models: [{ id: 'claude-haiku-5-5', prices: null }] }] });
  expect(await looked("{ role: 'fast' }", { catalogue })).toMatchObject({ models: ['anthropic/claude-haiku-5-5'] });
  expect(await looked("{ role: 'fast' }", { catalogue, isLimited: true })).toMatchObject({
    models: [],
    problem: 'there is a budget, and the price of no such model is known.',
  });
});
