/** Tasks that models perform, from the source to the attempt: bound to the executed source, and compiled. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from 'millrace/core';
import type { ModelSpec } from 'millrace/flow';
import { diffSystems, hashModelTask, parseSystem, type SystemModel } from 'millrace/model';
import { validateSystem } from 'millrace/rules';
import { loadSystemFromDsl, printSystem } from 'millrace/source';
import { implement, modelTask, runAttempt, silentLogger, toolboxOf, type BoundSystem } from 'millrace/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshManifest } from '../../src/compiler/manifest/fresh.ts';
import { compileSystem, hashFiles } from '../../src/compiler/index.ts';
import { Project } from '../../src/compiler/fixtures/project.ts';
import { scriptedModels } from '../../src/llm/fixtures/scripted-models.ts';
import { readText } from '../../src/source/fixtures/read-text.ts';
import { root } from '../support/type-check.ts';

const project = new Project();
afterAll(() => project.dispose());
const bound: Record<string, BoundSystem> = {};
const file = join(root, 'test/language/model-task.dsl.ts');
const text = readFileSync(file, 'utf8');
let model: SystemModel;

beforeAll(async () => {
  bound['live'] = await loadSystemFromDsl(file, { live: true });
  project.write('src/letters.dsl.ts', text);
  model = await loadSystemFromDsl(file);
  const { diagnostics } = project.compile(model);
  expect(diagnostics).toEqual([]);
  const path = project.path('generated/letters/index.ts');
  bound['compiled'] = ((await import(pathToFileURL(path).href)) as { readonly default: BoundSystem }).default;
});

const specOf = (system: BoundSystem | undefined, task: string) =>
  system?.tasks[task]?.model as ModelSpec<{ readonly input: unknown }> | undefined;
const input = { text: 'Hi', 'sent-by': { name: 'Ann' }, lines: [{ cents: 5 }] };

it('what is compiled type-checks, and leaves performed tasks to their models', () => {
  expect(project.check()).toBe('');
  expect(Object.keys(bound['compiled']!.implementations)).toEqual(['lookUp', 'ask-desk']);
});

it('says the same whether it is compiled or executed', () => {
  for (const task of ['sortLetter', 'answer']) {
    const [live, compiled] = [specOf(bound['live'], task), specOf(bound['compiled'], task)];
    const data = (spec: typeof live) => JSON.parse(JSON.stringify(spec)) as unknown;
    expect(data(compiled)).toEqual(data(live));
    for (const given of [input, { ...input, 'sent-by': undefined, lines: [] }])
      expect(compiled?.prompt({ input: given })).toBe(live?.prompt({ input: given }));
  }
  expect(bound['compiled']?.budget).toEqual(bound['live']?.budget);
  expect(bound['compiled']?.budget).toMatchObject({ run: '0.50 USD', tasks: { sortLetter: '5 USD' } });
});

it('puts the input into the prompt, texts as they are and all else as JSON', () => {
  expect(specOf(bound['compiled'], 'sortLetter')?.prompt({ input })).toBe(
    'Which `department`? ${x} Hi from Ann, 5 of [{"cents":5}]\\',
  );
  expect(specOf(bound['compiled'], 'answer')?.prompt({ input })).toBe('Dear Ann');
});

it('has agent, tools and context in the contract', () => {
  expect(specOf(bound['compiled'], 'sortLetter')).toMatchObject({
    agent: { name: 'clerk', role: 'fast', maxTokens: 300, temperature: 0, options: { topP: 0.5 } },
    tools: [
      { task: 'ask-desk', description: 'Asks the people at the desk.' },
      { task: 'lookUp', description: 'Looks a person up in the address book.' },
    ],
    context: {
      show: [{ member: 'text' }, { member: 'lines', as: 'summary' }],
      memory: true,
      strategy: { keepLast: 6 },
      maxTurns: 5,
    },
  });
  const policies = ['sortLetter', 'answer', 'lookUp'].map((name) => bound['compiled']?.tasks[name]?.policy.timeout);
  expect(policies).toEqual(['5m', '1m', undefined]);
});

it.each(['live', 'compiled'])('is performed, %s', async (which) => {
  const { tasks } = bound[which]!;
  const models = scriptedModels([
    { toolCalls: [{ id: '1', name: 'ask-desk', input: { value: 'who?' } }] },
    { json: { department: 'support' } },
  ]);
  const clock = systemClock();
  const toolbox = toolboxOf({
    clock,
    implementations: [
      implement(tasks['lookUp']!, () => ({ city: 'Rome' }) as never),
      implement(tasks['ask-desk']!, (question) => `asked: ${String(question)}` as never),
    ],
  });
  const outcome = await runAttempt({
    contract: tasks['sortLetter']!,
    implementation: modelTask(tasks['sortLetter']!, models, toolbox),
    input,
    attempt: 1,
    runId: 'r',
    step: 's',
    idempotencyKey: 'k',
    clock,
    logger: silentLogger,
  });
  expect(outcome).toMatchObject({ ok: true, value: { department: 'support' } });
  expect(models.asked[1]?.messages.at(-1)).toMatchObject({ role: 'tool', text: '"asked: who?"' });
  expect(models.asked[0]).toMatchObject({ maxOutputTokens: 300, temperature: 0, options: { topP: 0.5 } });
});

it('is what the user has written, where there is something', () => {
  const options = project.options('letters');
  const settings = { ...options, inputs: hashFiles([options.sourcePath]) };
  const index = (implemented?: (task: string) => boolean) =>
    compileSystem(model, { ...settings, ...(implemented && { implemented }) });
  const written = index((task) => task === 'answer');
  expect(written.files.find(({ path }) => path === 'index.ts')?.text).toContain('tasks/answer.ts');
  rmSync(project.path('src/tasks/answer.ts'));
  rmSync(project.path('src/tasks/sort-letter.ts'));
  // And whoever asks whether all is fresh sees that the file has come.
  for (const { path, text } of index().files) project.write(`generated/letters/${path}`, text);
  expect(freshManifest(options)).toBeDefined();
  project.write('src/tasks/answer.ts', '');
  expect(freshManifest(options)).toBeUndefined();
});

describe('as data', () => {
  it('survives printing and reading, and JSON', async () => {
    const printed = printSystem(model);
    expect(printed.diagnostics).toEqual([]);
    const again = (await readText(printed.text ?? '')).system!;
    expect(diffSystems(model, again)).toMatchObject({ breaking: [], compatible: [] });
    expect(parseSystem(JSON.parse(JSON.stringify(model))).system).toEqual(model);
  });

  it('has nothing that the rules find', () => {
    expect(validateSystem(model).issues.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  });

  it('is another conversation when what the answer depends on changes, and only then', async () => {
    const hash = async (from: string | RegExp, to: string): Promise<string> => {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      return hashModelTask((await readText(changed)).system!, 'answer');
    };
    const same = hashModelTask((await readText(text)).system!, 'answer');
    expect(same).toBe(hashModelTask(model, 'answer'));
    expect(await hash("timeout: '1m'", "timeout: '2m'")).toBe(same);
    expect(await hash('Letters that models sort.', 'Others.')).toBe(same);
    expect(await hash("role: 'fast'", "role: 'balanced'")).not.toBe(same);
    expect(await hash("greeting = 'Dear'", "greeting = 'Hello'")).not.toBe(same);
    expect(await hash('maxTokens: 50', 'maxTokens: 60')).not.toBe(same);
    expect(await hash("'sent-by': z.object", "'sent-to': z.object")).not.toBe(same);
  });
});

it('a path that leads nowhere is a mistake of the generated code, too', async () => {
  const wrong = (await readText({ 'letters.dsl.ts': text.replace('{{ text }}', '{{ txt }}') })).system!;
  const { files } = compileSystem(wrong, project.options('letters'));
  for (const { path, text } of files) project.write(`generated/letters/${path}`, text);
  expect(project.check()).toContain("Property 'txt' does not exist");
});
