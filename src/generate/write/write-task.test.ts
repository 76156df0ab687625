import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { taskStub } from '../../compiler/index.ts';
import type { ScriptedTurn } from '../../llm/index.ts';
import { acceptTask } from '../accept/accept-task.ts';
import { catalogue, scripted } from '../fixtures/models.ts';
import { goodCases, goodCode, shop, testProject, type TestProject } from '../fixtures/project.ts';
import { playedTypes, playedVerifier } from '../fixtures/verifier.ts';
import type { TaskManifest } from '../keep/manifest.ts';
import type { GenerateOptions } from '../options.ts';
import { taskStates } from '../task-states.ts';
import { writeTask } from './write-task.ts';

vi.mock('../types/shared.ts', () => ({ projectTypes: () => Promise.resolve(playedTypes) }));

let made: TestProject;
beforeEach(async () => {
  made = await testProject();
});
afterEach(() => made[Symbol.dispose]());

const answer = (code = goodCode): ScriptedTurn => ({ json: { code, cases: goodCases } });
const other = goodCode.replace('/** Ten', '/** Now ten');
const files = ['tasks/price-basket.ts', 'tasks/price-basket.test.ts', 'tasks/.generated/price-basket.json'];

async function write(script: readonly ScriptedTurn[], more: Partial<GenerateOptions> = {}) {
  const { models, provider } = scripted(script);
  const written = await writeTask({
    system: made.system,
    task: 'priceBasket',
    places: made.places,
    models,
    catalogue,
    verifier: playedVerifier(),
    now: () => Date.UTC(2026, 0, 2),
    ...more,
  });
  const told = written.files.map(({ path, action }) => `${action} ${path.slice(made.root.length + 1)}`);
  return { ...written, told, calls: provider.asked.length };
}
const manifest = (): TaskManifest => JSON.parse(made.read(files[2]!) ?? '{}') as TaskManifest;
const sources = () =>
  Object.keys(made.files())
    .filter((name) => name.startsWith('tasks/'))
    .sort();
const state = async () => (await taskStates(made)).find(({ task }) => task === 'priceBasket');

describe('what passed is written', () => {
  test('with its tests, and where it is from', async () => {
    const { told, success } = await write([answer()]);
    expect(success).toBe(true);
    expect(told).toEqual(['written tasks/price-basket.ts', 'written tasks/price-basket.test.ts']);
    expect(sources()).toEqual([...files].sort());
    expect(made.read(files[0]!)).toBe(goodCode);
    expect(manifest()).toMatchObject({
      format: 1,
      system: 'shop',
      task: 'priceBasket',
      origin: 'generated',
      at: '2026-01-02T00:00:00.000Z',
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      spec: expect.stringMatching(/^[0-9a-f]{64}$/),
      from: {
        provider: 'scripted',
        model: 'small',
        cost: '0.00006 USD',
        attempts: 1,
        calls: 1,
        mutationScore: 0.9,
        prompt: { version: '1', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        usage: { total: 15 },
      },
      outputs: { 'price-basket.ts': expect.any(String), 'price-basket.test.ts': expect.any(String) },
      history: [],
    });
    expect(manifest().cases).toHaveLength(3);
    expect(await state()).toMatchObject({ state: 'current', origin: 'generated', feedback: 'accepted', problems: [] });
  });

  test('and a second time nothing is asked, and no byte changes', async () => {
    await write([answer()]);
    const before = made.files();
    expect(await write([])).toMatchObject({ calls: 0, origin: 'cached', report: { calls: 0 } });
    expect(made.files()).toEqual(before);
  });

  test('also where there is no cache, as after a clone', async () => {
    await write([answer()]);
    rmSync(made.path('.millrace'), { recursive: true });
    const before = made.files();
    expect(await write([])).toMatchObject({
      calls: 0,
      origin: 'cached',
      told: ['unchanged tasks/price-basket.ts', 'unchanged tasks/price-basket.test.ts'],
    });
    const tasks = Object.entries(made.files()).filter(([name]) => !name.startsWith('.millrace'));
    expect(Object.fromEntries(tasks)).toEqual(before);
  });

  test('but not what failed: everything is as it was', async () => {
    await write([answer()]);
    const before = made.files();
    const bad = answer(`// FAILS policy\n${goodCode}`);
    const { success, told } = await write([bad, bad, bad, bad, bad, bad], { cache: 'bypass' });
    expect([success, told]).toEqual([false, []]);
    expect(made.files()).toEqual(before);
  });

  test('without tests there are none', async () => {
    expect(await write([answer()], { includeTests: false })).toMatchObject({ told: ['written tasks/price-basket.ts'] });
    expect(sources()).toEqual([files[2], files[0]]);
  });
});

describe('what somebody has changed', () => {
  test('is not overwritten: ours is beside it, with the difference', async () => {
    await write([answer()]);
    const mine = `${goodCode}// mine\n`;
    made.write(files[0]!, mine);
    expect(await state()).toMatchObject({ state: 'current', feedback: 'edited' });
    const { told, files: outcomes } = await write([answer(other)], { cache: 'bypass' });
    expect(told).toEqual(['proposed tasks/price-basket.ts', 'unchanged tasks/price-basket.test.ts']);
    expect(made.read(files[0]!)).toBe(mine);
    expect(made.read(`${files[0]}.new`)).toBe(other);
    expect(outcomes[0]?.diff).toMatch(/^--- a\/tasks\/price-basket\.ts$[^]*^-\/\/ mine$/m);
    expect(manifest().history).toMatchObject([{ feedback: 'edited', provider: 'scripted', model: 'small' }]);
  });

  test('is not what a checkout changes: the ends of its lines', async () => {
    await write([answer()]);
    for (const name of files) made.write(name, (made.read(name) ?? '').replaceAll('\n', '\r\n'));
    expect(await state()).toMatchObject({ state: 'current', feedback: 'accepted' });
    expect((await write([answer()])).told).toEqual([
      'unchanged tasks/price-basket.ts',
      'unchanged tasks/price-basket.test.ts',
    ]);
    const { told } = await write([answer(other)], { cache: 'bypass' });
    expect(told[0]).toBe('written tasks/price-basket.ts');
    expect(made.read(files[0]!)).toBe(other);
  });

  test.each([{ task: 'sayTotal' }, { system: 'other' }])('nor what is known of others says it: %j', async (of) => {
    await write([answer()]);
    made.write(files[2]!, JSON.stringify({ ...manifest(), ...of }));
    expect(await state()).toMatchObject({ origin: 'hand' });
    expect((await write([answer(other)], { cache: 'bypass' })).told[0]).toBe('proposed tasks/price-basket.ts');
    expect(made.read(files[0]!)).toBe(goodCode);
  });

  test('and a proposal that is taken, or thrown away, is known as that', async () => {
    await write([answer()]);
    made.write(files[0]!, `${goodCode}// mine\n`);
    await write([answer(other)], { cache: 'bypass' });
    expect(await state()).toMatchObject({ feedback: 'edited' });
    rmSync(made.path(`${files[0]}.new`));
    expect(await state()).toMatchObject({ feedback: 'rejected' });
    made.write(files[0]!, other);
    expect(await state()).toMatchObject({ feedback: 'accepted' });
    // It is ours again.
    expect((await write([answer()], { cache: 'bypass' })).told[0]).toBe('written tasks/price-basket.ts');
  });

  test('tests too; and tests of code that is only proposed are only proposed', async () => {
    await write([answer()]);
    made.write(files[1]!, '// my tests\n');
    expect((await write([answer(other)], { cache: 'bypass' })).told).toEqual([
      'written tasks/price-basket.ts',
      'proposed tasks/price-basket.test.ts',
    ]);
    expect(made.read(files[1]!)).toBe('// my tests\n');
    rmSync(made.path('tasks'), { recursive: true });
    await write([answer()], { cache: 'bypass' });
    made.write(files[0]!, '// mine\n');
    const more = { json: { code: other, cases: [...goodCases, { ...goodCases[0], name: 'one more' }] } };
    expect((await write([more], { cache: 'bypass' })).told).toEqual([
      'proposed tasks/price-basket.ts',
      'proposed tasks/price-basket.test.ts',
    ]);
    expect(made.read(files[1]!)).not.toContain('one more');
  });

  test("code that was never generated is nobody else's, a stub is ours", async () => {
    made.write(files[0]!, '// by hand\n');
    expect((await write([answer()])).told[0]).toBe('proposed tasks/price-basket.ts');
    expect(made.read(files[0]!)).toBe('// by hand\n');
    rmSync(made.path('tasks'), { recursive: true });
    made.write(files[0]!, taskStub(made.system, 'priceBasket', { ...made.places, toolVersion: '' }).text);
    expect(await state()).toMatchObject({ state: 'stub', origin: 'hand' });
    expect((await write([answer()])).told[0]).toBe('written tasks/price-basket.ts');
  });

  test('what was deleted was rejected, and is written again when it is asked for', async () => {
    await write([answer()]);
    rmSync(made.path(files[0]!));
    expect(await state()).toMatchObject({ state: 'missing', feedback: 'rejected' });
    expect((await write([answer(other)], { cache: 'bypass' })).told[0]).toBe('written tasks/price-basket.ts');
    expect(manifest().history).toMatchObject([{ feedback: 'rejected' }]);
  });

  test.each([
    ['{ broken', 'MR5018', 'cannot be read'],
    ['{ "format": 2 }', 'MR5018', 'newer version'],
  ])('a manifest that cannot be read stops everything before anything is paid: %s', async (text, code, message) => {
    made.write(files[2]!, text);
    const { models, provider } = scripted([answer()]);
    const options = { system: made.system, task: 'priceBasket', places: made.places, models, catalogue };
    const writing = writeTask({ ...options, verifier: playedVerifier() });
    await expect(writing).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(provider.asked).toHaveLength(0);
  });
});

describe('a scaffold', () => {
  const scaffold = async () => {
    const written = await writeTask({
      system: made.system,
      task: 'priceBasket',
      places: made.places,
      verifier: playedVerifier(),
    });
    return written.files.map(({ path, action }) => `${action} ${path.slice(made.root.length + 1)}`);
  };

  test('is written where nothing is, and says what it is', async () => {
    expect(await scaffold()).toEqual(['written tasks/price-basket.ts', 'written tasks/price-basket.test.ts']);
    expect(made.read(files[0]!)).toContain('throw new NotImplementedError(');
    expect(made.read(files[1]!)).toContain('todo');
    expect(manifest()).toMatchObject({ origin: 'scaffold', cases: [], history: [] });
    expect(manifest()).not.toHaveProperty('from');
    expect(await state()).toMatchObject({ state: 'stub', origin: 'scaffold' });
    const before = made.files();
    expect(await scaffold()).toEqual(['unchanged tasks/price-basket.ts', 'unchanged tasks/price-basket.test.ts']);
    expect(made.files()).toEqual(before);
  });

  test('gives way to code', async () => {
    await scaffold();
    expect((await write([answer()])).told).toEqual([
      'written tasks/price-basket.ts',
      'written tasks/price-basket.test.ts',
    ]);
    expect(manifest()).toMatchObject({ origin: 'generated', history: [] });
  });

  test('never takes the place of code, and proposes nothing', async () => {
    made.write(files[0]!, '// by hand\n');
    const before = made.files();
    expect(await scaffold()).toEqual(['unchanged tasks/price-basket.ts']);
    expect(made.files()).toEqual(before);
    made.write(files[0]!, goodCode);
    await write([answer()]);
    const generated = made.files();
    expect(await scaffold()).toEqual(['unchanged tasks/price-basket.ts']);
    expect(made.files()).toEqual(generated);
  });
});

test('code is out of date when its contract says something else, not when it is only written otherwise', async () => {
  await write([answer()]);
  made.write(
    'shop.dsl.ts',
    shop.replace("  errors: ['EMPTY_BASKET'],", "  errors: ['EMPTY_BASKET'],\n  retry: { attempts: 2 },"),
  );
  expect((await taskStates({ ...made, system: await made.compile() }))[0]).toMatchObject({ state: 'current' });
  made.write('shop.dsl.ts', shop.replace('discount: 99, total: 891', 'discount: 100, total: 890'));
  expect((await taskStates({ ...made, system: await made.compile() }))[0]).toMatchObject({
    state: 'stale',
    problems: [{ code: 'MR5016', severity: 'warning', file: 'tasks/price-basket.ts' }],
  });
});

describe('what was changed by hand, when its contract changes', () => {
  const fiveInstead = shop
    .replace('ten per cent off', 'five per cent off')
    .replace('discount: 99, total: 891', 'discount: 49, total: 941');
  const fiveCode = goodCode.replace('Math.floor(net / 10)', 'Math.floor(net / 20)');
  const edited = async () => {
    await write([answer()]);
    made.write(files[0]!, `${goodCode}// mine\n`);
    made.write('shop.dsl.ts', fiveInstead);
    const system = await made.compile();
    return { system, stands: async () => (await taskStates({ ...made, system }))[0] };
  };

  test('stays out of date for all proposals beside it, and is up to date when one is taken', async () => {
    const { system, stands } = await edited();
    expect(await stands()).toMatchObject({ state: 'stale' });
    expect((await write([answer(fiveCode)], { system })).told[0]).toBe('proposed tasks/price-basket.ts');
    expect(await stands()).toMatchObject({ state: 'stale', feedback: 'edited' });
    rmSync(made.path(`${files[0]}.new`));
    expect(await stands()).toMatchObject({ state: 'stale', feedback: 'rejected' });
    // Also where it is proposed once more.
    await write([], { system });
    expect(await stands()).toMatchObject({ state: 'stale' });
    // The code of the old contract as it was generated is no better.
    made.write(files[0]!, goodCode);
    expect(await stands()).toMatchObject({ state: 'stale' });
    made.write(files[0]!, fiveCode);
    expect(await stands()).toMatchObject({ state: 'current', origin: 'generated', feedback: 'accepted' });
  });

  test('says of the tests that were only kept beside their code why', async () => {
    const { system } = await edited();
    const more = { json: { code: fiveCode, cases: [...goodCases, { ...goodCases[0], name: 'one more' }] } };
    const { files: outcomes } = await write([more], { system });
    expect(outcomes.map(({ action, why }) => [action, why])).toEqual([
      ['proposed', 'changed'],
      ['proposed', 'code'],
    ]);
  });

  test('is up to date once somebody says that it is right, until the contract changes again', async () => {
    const { system, stands } = await edited();
    made.write(files[0]!, `${fiveCode}// mine\n`);
    expect(await stands()).toMatchObject({ state: 'stale' });
    const verifier = playedVerifier();
    const accept = (over: object = {}) =>
      acceptTask({ system, task: 'priceBasket', places: made.places, verifier, ...over });
    // What a model wrote for the old contract is not asked of it.
    expect(await accept()).toMatchObject({ ok: true, cases: 3, problems: [] });
    expect(verifier.asked).toEqual(['cases']);
    expect(await stands()).toMatchObject({ state: 'current', feedback: 'edited' });
    expect(made.read(files[0]!)).toBe(`${fiveCode}// mine\n`);
    // A proposal beside it makes it no older.
    await write([answer(fiveCode)], { system });
    expect(await stands()).toMatchObject({ state: 'current', feedback: 'edited' });
    // Now there are cases for this contract, too.
    expect(await accept()).toMatchObject({ ok: true, cases: 6 });
    made.write('shop.dsl.ts', fiveInstead.replace('discount: 49, total: 941', 'discount: 50, total: 940'));
    const again = await made.compile();
    expect((await taskStates({ ...made, system: again }))[0]).toMatchObject({ state: 'stale' });
  });

  test('so can be what was generated, when the new contract asks for nothing else', async () => {
    await write([answer()]);
    made.write('shop.dsl.ts', shop.replace('Adds up a basket', 'Adds a basket up'));
    const system = await made.compile();
    expect((await taskStates({ ...made, system }))[0]).toMatchObject({ state: 'stale' });
    await acceptTask({ system, task: 'priceBasket', places: made.places, verifier: playedVerifier() });
    expect((await taskStates({ ...made, system }))[0]).toMatchObject({ state: 'current', feedback: 'accepted' });
  });

  test('and code by hand, which then is out of date when its contract changes', async () => {
    made.write(files[0]!, `${goodCode}// mine\n`);
    const accept = () =>
      acceptTask({ system: made.system, task: 'priceBasket', places: made.places, verifier: playedVerifier() });
    expect(await accept()).toMatchObject({ ok: true });
    expect(await state()).toMatchObject({ state: 'current', origin: 'hand' });
    made.write('shop.dsl.ts', fiveInstead);
    expect((await taskStates({ ...made, system: await made.compile() }))[0]).toMatchObject({
      state: 'stale',
      problems: [{ code: 'MR5016', message: expect.stringContaining('was accepted for another contract') }],
    });
  });

  test('but not what does not hold, and not what is not there', async () => {
    const accept = () =>
      acceptTask({ system: made.system, task: 'priceBasket', places: made.places, verifier: playedVerifier() });
    await expect(accept()).rejects.toMatchObject({ code: 'MR5022' });
    made.write(files[0]!, `// FAILS cases\n${goodCode}`);
    const before = made.files();
    expect(await accept()).toMatchObject({ ok: false, problems: [{ code: 'MR5030' }] });
    expect(made.files()).toEqual(before);
  });
});

test('a file system that refuses changes nothing', async () => {
  await write([answer()]);
  // A folder where the file of the tests belongs.
  rmSync(made.path(files[1]!));
  mkdirSync(made.path(`${files[1]}/x`), { recursive: true });
  const before = made.files();
  await expect(write([answer(other)], { cache: 'bypass' })).rejects.toMatchObject({ code: 'MR5019' });
  const after = Object.entries(made.files()).filter(([name]) => !name.startsWith('.millrace/generate/cache'));
  expect(Object.fromEntries(after)).toEqual(
    Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith('.millrace/generate/cache'))),
  );
  expect(
    existsSync(made.path('.millrace/generate/writing')) ? readdirSync(made.path('.millrace/generate/writing')) : [],
  ).toEqual([]);
});
