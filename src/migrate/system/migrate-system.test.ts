import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hashSystem, type SystemModel } from 'millrace/model';
import { migrateSystem, migration, placeholder, type MigrationStep } from 'millrace/migrate';
import { expect, it, test } from 'vitest';
import { event, final, go, machine, on, state, system, task } from '../../model/fixtures/nodes.ts';

const shop = (version = '1.0.0'): SystemModel =>
  system({
    name: 'shop',
    version,
    events: [event('paid')],
    tasks: [task('charge')],
    machines: [
      machine('order', [state('open', { on: [on('paid', go('done'))] }), final('done')], {
        events: [{ alias: 'paid', name: 'paid' }],
      }),
    ],
  });
const clock = { now: () => Date.UTC(2026, 0, 2), at: () => () => {} };
const at = '2026-01-02T00:00:00.000Z';
const codes = ({ diagnostics }: { readonly diagnostics: readonly { readonly code: string }[] }): readonly string[] =>
  diagnostics.map(({ code }) => code);
const steps: readonly MigrationStep[] = [
  migration({
    from: '1.0.0',
    to: '2.0.0',
    description: 'A limit',
    source: [{ op: 'set', path: 'tasks.charge.timeout', value: '5s' }],
    down: { source: [{ op: 'set', path: 'tasks.charge.timeout', value: undefined }] },
  }),
  migration({ from: '2.0.0', to: '2.1.0', source: (model) => ({ ...model, description: `Was ${model.version}` }) }),
];

test('a chain of steps: the version, the history, and a model that was not touched', async () => {
  const model = shop();
  const before = hashSystem(model);
  const history = [{ from: '0.1.0', to: '1.0.0', at: 'then' }];
  const done = await migrateSystem(model, '2.1.0', steps, { history, clock });
  expect(done.diagnostics).toEqual([]);
  expect(done.system).toMatchObject({
    version: '2.1.0',
    description: 'Was 2.0.0',
    tasks: { charge: { timeout: '5s' } },
  });
  expect(done.system).toMatchObject({ schemaVersion: model.schemaVersion });
  expect(Object.isFrozen(done.system?.tasks)).toBe(true);
  expect(done.history).toEqual([
    ...history,
    { from: '1.0.0', to: '2.0.0', at, description: 'A limit' },
    { from: '2.0.0', to: '2.1.0', at },
  ]);
  expect([model.version, hashSystem(model)]).toEqual(['1.0.0', before]);
});

test('a function, also one that changes what it gets; or nothing at all', async () => {
  const model = shop();
  const inPlace = await migrateSystem(
    model,
    '1.1.0',
    (old) => {
      (old as { description?: string }).description = 'New';
      return old;
    },
    { clock, description: 'why' },
  );
  expect(inPlace.system).toMatchObject({ version: '1.1.0', description: 'New' });
  expect(inPlace.history).toEqual([{ from: '1.0.0', to: '1.1.0', at, description: 'why' }]);
  expect(model).not.toHaveProperty('description');
  expect((await migrateSystem(model, '1.1.0')).system?.version).toBe('1.1.0');
  expect(
    (await migrateSystem(model, '3.0.0', async (old) => await Promise.resolve({ ...old, version: '9.9.9' }))).system
      ?.version,
  ).toBe('3.0.0');
});

test('a downgrade and the same version, when they are asked for', async () => {
  const { system: model = shop() } = await migrateSystem(shop(), '2.0.0', steps);
  expect(codes(await migrateSystem(model, '1.0.0', steps))).toEqual(['MR1819']);
  const back = await migrateSystem(model, '1.0.0', steps, { allowDowngrade: true, clock });
  expect(back.system?.version).toBe('1.0.0');
  expect(back.system?.tasks['charge']).not.toHaveProperty('timeout');
  expect(back.history).toEqual([{ from: '2.0.0', to: '1.0.0', at, description: 'A limit' }]);
  expect(codes(await migrateSystem(model, '2.0.0', steps))).toEqual(['MR1821']);
  expect((await migrateSystem(model, '2.0.0', (old) => old, { allowSame: true })).history).toMatchObject([
    { from: '2.0.0', to: '2.0.0' },
  ]);
});

const one = (source: MigrationStep['source'], more: Partial<MigrationStep> = {}): readonly MigrationStep[] => [
  migration({ from: '1.0.0', to: '2.0.0', ...(source !== undefined && { source }), ...more }),
];

it.each<[string, Parameters<typeof migrateSystem>[2], string, RegExp]>([
  ['an edit that does not fit', one([{ op: 'remove', path: 'tasks.refund' }]), 'MR17', /refund/],
  [
    'a function that throws',
    () => {
      throw new Error('boom');
    },
    'MR1824',
    /from 1\.0\.0 to 2\.0\.0: the function failed: boom/,
  ],
  ['a function that gives nothing', () => undefined as never, 'MR1824', /gave no model/],
  ['a codemod', one(undefined, { codemod: () => {} }), 'MR1824', /changes files/],
  ['a placeholder', one(placeholder('What?') as never), 'MR1818', /What\?/],
  ['a gap', [migration({ from: '1.0.0', to: '1.5.0' })], 'MR1817', /no step from 1\.5\.0 to 2\.0\.0/],
  ['a step backwards', [migration({ from: '2.0.0', to: '1.0.0' })], 'MR1815', /step 1 leads from '2.0.0' to '1.0.0'/],
  ['a result that breaks a rule', (old) => ({ ...old, events: {} }), 'MR1', /paid/],
  [
    'a result that is no model',
    (old) => ({ ...old, tasks: { charge: { kind: 'task' } as never } }),
    'MR1200',
    /tasks\.charge/,
  ],
])('%s is a diagnostic', async (_, way, code, message) => {
  const done = await migrateSystem(shop(), '2.0.0', way);
  expect(done).not.toHaveProperty('system');
  expect(done.history).toEqual([]);
  expect(done.diagnostics[0]).toMatchObject({
    code: expect.stringContaining(code),
    message: expect.stringMatching(message),
  });
});

test('a result is not judged when that is not wanted', async () => {
  const done = await migrateSystem(shop(), '2.0.0', (old) => ({ ...old, events: {} }), { validate: false });
  expect(done.system?.version).toBe('2.0.0');
});

it.each(['', '2', '2.0', 'v2.0.0', ' 2.0.0', 'latest', '2.0.0.0'])('%j is no version', async (target) => {
  expect(codes(await migrateSystem(shop(), target))).toEqual(['MR1820']);
});

test('what is no model', async () => {
  expect(codes(await migrateSystem({ version: '1.0.0' } as never, '2.0.0'))).toEqual(['MR1200']);
});

test('what a step imports costs nothing', () => {
  const url = new URL('../index.ts', import.meta.url).href;
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
    const { migration } = await import(${JSON.stringify(url)});
    console.log(seen.filter((url) => !/\\/src\\/(?:migrate|core)\\//.test(url)).length, seen.length < 25, typeof migration);
  `;
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
  expect(said.trim()).toBe('0 true function');
});
