import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSnapshot, printSnapshot } from '../../model/index.ts';
import { loadSystemFromDsl } from '../../source/index.ts';
import { project, shop } from '../fixtures/project.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import type { StepParts } from '../step/step.ts';
import { planSource } from './source.ts';

const clock = { now: () => Date.UTC(2026, 0, 2), at: () => () => {} };
const step = (parts: StepParts, from = '1.0.0', to = '2.0.0'): PlannedStep => ({
  from,
  to,
  file: 'migrations/a.ts',
  down: false,
  parts,
  description: 'why',
});
const run = async (at: { readonly root: string }, ...steps: readonly PlannedStep[]) =>
  await planSource({ entry: 'shop.dsl.ts', cwd: at.root, steps, target: steps.at(-1)?.to ?? '1.0.0', clock });

test('without edits the version is raised, and nothing else', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  const { texts, snapshot, before, after, diagnostics } = await run(it, step({}));
  expect(diagnostics).toEqual([]);
  expect([...texts]).toEqual([[it.entry, shop('2.0.0')]]);
  expect([before?.version, after?.version]).toEqual(['1.0.0', '2.0.0']);
  expect(snapshot?.path).toBe(`${it.root}/snapshots/2.0.0.json`);
  const kept = parseSnapshot(JSON.parse(snapshot?.text ?? ''), 'x').snapshot;
  expect(kept?.history).toEqual([{ from: '1.0.0', to: '2.0.0', at: '2026-01-02T00:00:00.000Z', description: 'why' }]);
  expect(kept?.model).toEqual(after);
  expect(readFileSync(it.entry, 'utf8')).toBe(shop());
});

test('a function gives the new model, and only what is different is written', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  const source: StepParts['source'] = (system) => {
    const { charge } = system.tasks;
    return charge === undefined
      ? system
      : { ...system, tasks: { ...system.tasks, charge: { ...charge, timeout: '9s' } } };
  };
  const { texts, diagnostics } = await run(it, step({ source }));
  expect(diagnostics).toEqual([]);
  const text = texts.get(it.entry) ?? '';
  expect(text).toContain("timeout: '9s'");
  expect(text).toContain('// One for each order.');
  expect(text).toContain("open: { on: { paid: 'paid' } }, // not paid yet");
});

test('a codemod gets a real project of the files; the chain goes on from what it made', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  const { texts, after, diagnostics } = await run(
    it,
    step({
      codemod: (project, { name }) => {
        const file = project.getSourceFileOrThrow('shop.dsl.ts');
        file.getVariableDeclarationOrThrow('sent').rename(`${name}Sent`);
      },
    }),
    step({ source: (system) => ({ ...system, description: 'Sells.' }) }, '2.0.0', '2.1.0'),
  );
  expect(diagnostics).toEqual([]);
  expect(texts.get(it.entry)).toContain("export const shopSent = event('sent'");
  expect(texts.get(it.entry)).toContain('events: { placed, paid, sent: shopSent }');
  expect(texts.get(it.entry)).toContain('/** Sells. */');
  expect(after?.version).toBe('2.1.0');
});

test('edits are written for the version that was kept', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  const kept = printSnapshot(await loadSystemFromDsl(it.entry), []);
  it.write({ 'snapshots/1.0.0.json': kept });
  const change = step({ source: (system) => ({ ...system, description: 'Sells.' }) });
  expect((await run(it, change)).diagnostics).toEqual([]);
  it.write({ 'shop.dsl.ts': shop().replace("paid: 'paid'", "paid: 'done'") });
  expect((await run(it, change)).diagnostics).toMatchObject([
    { code: 'MR1822', file: 'shop.dsl.ts', message: expect.stringContaining('differs from version 1.0.0') },
  ]);
  expect((await run(it, step({}))).diagnostics).toEqual([]);
  it.write({ 'snapshots/1.0.0.json': kept.replaceAll('charge', 'refund') });
  expect((await run(it, change)).diagnostics).toMatchObject([{ code: 'MR1811' }]);
});

test('the target is kept, and was perhaps kept before', async () => {
  using it = project({ 'shop.dsl.ts': shop('2.0.0') });
  const history = [{ from: '0.1.0', to: '1.0.0', at: 'then' }];
  const model = await loadSystemFromDsl(it.entry);
  it.write({ 'snapshots/1.0.0.json': printSnapshot({ ...model, version: '1.0.0' }, history) });
  // Somebody raised the version by hand.
  const plan = async () => await planSource({ entry: it.entry, cwd: it.root, steps: [], target: '2.0.0', clock });
  const first = await plan();
  expect(first.texts.size).toBe(0);
  expect(JSON.parse(first.snapshot?.text ?? '')).toMatchObject({
    history: [...history, { from: '1.0.0', to: '2.0.0', at: '2026-01-02T00:00:00.000Z' }],
  });
  it.write({ 'snapshots/2.0.0.json': first.snapshot?.text ?? '' });
  expect(await plan()).toMatchObject({ diagnostics: [] });
  expect(await plan()).not.toHaveProperty('snapshot');
  it.write({ 'shop.dsl.ts': shop('2.0.0').replace("paid: 'paid'", "paid: 'done'") });
  expect((await plan()).diagnostics).toMatchObject([{ code: 'MR1823' }]);
});

test.each<[string, StepParts, string, RegExp]>([
  [
    'a function that throws',
    {
      source: () => {
        throw new Error('boom');
      },
    },
    'MR1824',
    /`source` failed: boom/,
  ],
  ['a function that gives nothing', { source: () => undefined as never }, 'MR1824', /gave no model/],
  ['a codemod that throws', { codemod: () => Promise.reject(new Error('boom')) }, 'MR1824', /`codemod` failed: boom/],
  [
    'a codemod that makes a file',
    { codemod: (project) => void project.createSourceFile('/else/where.ts', '') },
    'MR1824',
    /made '\/else\/where.ts'/,
  ],
  [
    'a codemod that moves a file',
    { codemod: (project) => void project.getSourceFiles()[0]?.move('b.dsl.ts') },
    'MR1824',
    /made '.*b\.dsl\.ts'/,
  ],
  [
    'a codemod that removes a file',
    { codemod: (project) => project.getSourceFiles()[0]?.forget() },
    'MR1824',
    /removed or moved 'shop.dsl.ts'/,
  ],
  [
    'a codemod that breaks the syntax',
    { codemod: (project) => void project.getSourceFiles()[0]?.insertText(0, 'const = ;') },
    'MR1006',
    /After the step from 1.0.0 to 2.0.0 \(migrations\/a.ts\): /,
  ],
  [
    'a result that breaks a rule',
    {
      codemod: (project) =>
        void project.getSourceFiles()[0]?.replaceWithText(shop().replace("sent: 'done'", "sent: 'gone'")),
    },
    'MR',
    /gone/,
  ],
])('%s', async (_, parts, code, message) => {
  using it = project({ 'shop.dsl.ts': shop() });
  const { texts, after, snapshot, diagnostics } = await run(it, step(parts));
  expect([texts.size, after, snapshot]).toEqual([0, undefined, undefined]);
  expect(diagnostics[0]).toMatchObject({
    code: expect.stringContaining(code),
    message: expect.stringMatching(message),
  });
});

test('a source that does not parse, and a chain that begins elsewhere', async () => {
  using it = project({ 'shop.dsl.ts': shop() });
  expect((await run(it, step({}, '0.9.0'))).diagnostics).toMatchObject([{ code: 'MR1824' }]);
  it.write({ 'shop.dsl.ts': 'const' });
  expect((await run(it, step({}))).diagnostics[0]).toMatchObject({ severity: 'error', file: 'shop.dsl.ts' });
});
