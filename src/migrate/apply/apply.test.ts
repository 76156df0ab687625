import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { loadSystemFromDsl } from '../../source/index.ts';
import { openSqlite } from '../../store/index.ts';
import { silentLogger, type BoundSystem } from '../../tasks/index.ts';
import { shop as shopText } from '../fixtures/project.ts';
import { versionsFrom } from '../fixtures/versions.ts';
import { filesOf, migrateIn, rowsOf, shopStep, shopWithData } from '../fixtures/shop-with-data.ts';
import { applyMigration, type MigrationOptions } from './apply.ts';
import { hasIntent, intentPath } from './intent-path.ts';
import { recoverMigration } from './recover.ts';

let shop: Awaited<ReturnType<typeof shopWithData>>;
let before: string;
const seen = (): string => JSON.stringify([filesOf(shop.root), rowsOf(shop.db)]);
beforeEach(async () => {
  shop = await shopWithData(6);
  before = seen();
});
afterEach(() => shop[Symbol.dispose]());
// The runner of these tests has an `import` of its own; the kill tests execute the target in processes of theirs.
let system: BoundSystem;
beforeAll(async () => {
  const text = shopText('2.0.0')
    .replace("{ paid: 'paid' }", "{ paid: 'settled' }")
    .replace('  paid: {', '  settled: {');
  system = (await versionsFrom([text]))[0]?.system as BoundSystem;
});
const migrate = (more: Partial<MigrationOptions> = {}) =>
  applyMigration({ entry: 'shop.dsl.ts', cwd: shop.root, target: '2.0.0', db: 'shop.db', system, ...more });
/** Refused: nothing is different. */
const refused = async (code: string, more: Partial<MigrationOptions> = {}): Promise<string> => {
  const report = await migrate(more);
  expect(report).toMatchObject({ ok: false, database: null, backup: null });
  expect(report.diagnostics.map((each) => each.code)).toContain(code);
  expect(seen()).toBe(before);
  return report.diagnostics.map(({ message, hint }) => `${message} ${hint ?? ''}`).join('\n');
};

it('takes source and database to the target, keeps what was there before, and says what it did', async () => {
  const report = await migrate();
  expect(report).toMatchObject({
    ok: true,
    system: 'shop',
    from: '1.0.0',
    to: '2.0.0',
    dryRun: false,
    steps: [{ from: '1.0.0', to: '2.0.0', file: 'migrations/1.0.0-to-2.0.0.ts' }],
    source: { files: ['shop.dsl.ts'], diff: expect.stringContaining('+  settled: {') as string },
    snapshot: 'snapshots/2.0.0.json',
    database: {
      file: 'shop.db',
      from: ['1.0.0'],
      instances: [{ machine: 'order', mapped: 3, unchanged: 3, left: [] }],
    },
    diagnostics: [],
  });
  expect(readFileSync(shop.entry, 'utf8')).toContain("version: '2.0.0'");
  expect(hasIntent(shop.entry)).toBe(false);
  // The backup is what was there: the source byte for byte, the database row for row.
  const backup = join(shop.root, report.backup ?? '');
  const [files] = JSON.parse(before) as [Record<string, string>, string];
  expect(readFileSync(join(backup, 'source/shop.dsl.ts'), 'utf8')).toBe(files['shop.dsl.ts']);
  expect(rowsOf(join(backup, 'shop.db'))).toBe((JSON.parse(before) as [object, string])[1]);
  const store = openSqlite(shop.db);
  expect(store.tables.owner.get()).toBeUndefined();
  expect(store.tables.migrations.list()).toMatchObject([{ system: 'shop', target: '2.0.0' }]);
  store.close();
  // Once more: there is nothing to do.
  expect(await migrate()).toMatchObject({ ok: true, database: { from: [], instances: [] }, source: { files: [] } });
  expect(await migrate({ db: undefined as never })).toMatchObject({ ok: false, diagnostics: [{ code: 'MR1821' }] });
});

it('a dry run says the same and writes nothing', async () => {
  const report = await migrate({ dryRun: true });
  expect(report).toMatchObject({
    ok: true,
    dryRun: true,
    source: { files: ['shop.dsl.ts'], diff: expect.stringContaining('+  settled: {') as string },
    database: { instances: [{ machine: 'order', mapped: 3, unchanged: 3, left: [] }] },
    backup: null,
  });
  expect(seen()).toBe(before);
  expect(readdirSync(shop.root)).not.toContain('.millrace');
});

it('refuses while a runtime drives the database, and says what to do; a dry run needs nobody to stop', async () => {
  const system = await loadSystemFromDsl(shop.entry, { live: true });
  const runtime = new ReactiveSystemRuntime(system, { db: shop.db, logger: silentLogger });
  expect(await refused('MR3515')).toMatch(/process \d+ on .* drives it.*Stop what runs on it/);
  expect(await migrate({ dryRun: true })).toMatchObject({ ok: true });
  expect((await runtime.sendEvent('sent', { id: 'c0' })).handled).toBe(true);
  await runtime.close();
  expect(await migrate()).toMatchObject({ ok: true });
  // The old code does not start on what is new now.
  expect(() => new ReactiveSystemRuntime(system, { db: shop.db })).toThrow(expect.objectContaining({ code: 'MR3500' }));
});

it('refuses what cannot be, and changes nothing', async () => {
  expect(await refused('MR3516', { db: 'other.db' })).toMatch(/no database 'other.db'/);
  expect(existsSync(join(shop.root, 'other.db'))).toBe(false);
  expect(await refused('MR1817', { target: '3.0.0' })).toMatch(/no step from 2.0.0 to 3.0.0/);
  expect(await refused('MR1819', { target: '0.9.0' })).toMatch(/downgrade/);
  const open =
    "import { migration, placeholder } from 'millrace/migrate';\nexport default migration({ from: '1.0.0', to: '2.0.0', instances: { order: { states: { paid: placeholder('Where?') } } } });\n";
  // A module is executed once in a process: another text is another file.
  rmSync(join(shop.root, 'migrations/1.0.0-to-2.0.0.ts'));
  writeFileSync(join(shop.root, 'migrations/open.ts'), open);
  expect(await refused('MR1818')).toMatch(/Where\?/);
  rmSync(join(shop.root, 'migrations/open.ts'));
  await refused('MR1817');
  writeFileSync(shop.db, 'once upon a time '.repeat(500));
  expect(await migrate({ target: '1.0.0' })).toMatchObject({ ok: false, diagnostics: [{ code: 'MR3003' }] });
});

it('brings rows along that the source has left behind, but not over an open question', async () => {
  // As when the source was migrated on another machine: here only the database is behind.
  expect(await migrate({ db: undefined as never })).toMatchObject({ ok: true, database: null });
  const rows = rowsOf(shop.db);
  rmSync(join(shop.root, 'migrations/1.0.0-to-2.0.0.ts'));
  writeFileSync(
    join(shop.root, 'migrations/open.ts'),
    shopStep
      .replace("'settled' } } },\n});", "placeholder('Where?') } } },\n});")
      .replace('{ migration }', '{ migration, placeholder }'),
  );
  expect(await migrate()).toMatchObject({ ok: false, diagnostics: [{ code: 'MR3507' }] });
  expect(rowsOf(shop.db)).toBe(rows);
  rmSync(join(shop.root, 'migrations/open.ts'));
  writeFileSync(join(shop.root, 'migrations/answered.ts'), shopStep);
  expect(await migrate({ target: '2.0.0' })).toMatchObject({
    ok: true,
    from: '2.0.0',
    to: '2.0.0',
    database: { instances: [{ mapped: 3, unchanged: 3 }] },
  });
});

it('without a database, the intent itself says whether it has happened', async () => {
  const [old] = JSON.parse(before) as [object];
  const source = { ...shop, db: '' };
  for (const [at, outcome] of [
    ['prepared', 'undone'],
    ['committed', 'finished'],
  ] as const) {
    expect((await migrateIn(source, { at })).signal).toBe('SIGKILL');
    expect(filesOf(shop.root)).toEqual(old);
    expect(await recoverMigration(shop.entry)).toMatchObject({ outcome, to: '2.0.0' });
    expect(readFileSync(shop.entry, 'utf8').includes("version: '2.0.0'")).toBe(outcome === 'finished');
    expect(hasIntent(shop.entry)).toBe(false);
  }
});

it('what somebody has written meanwhile is kept when an interrupted migration is finished', async () => {
  await migrateIn(shop, { at: 'committed' });
  writeFileSync(shop.entry, `${readFileSync(shop.entry, 'utf8')}// by hand\n`);
  const recovery = await recoverMigration(shop.entry);
  expect(recovery).toMatchObject({ outcome: 'finished' });
  expect(readFileSync(recovery?.saved[0] ?? '', 'utf8')).toContain('// by hand');
  expect(readFileSync(shop.entry, 'utf8')).not.toContain('// by hand');
});

it('does not guess when the database that knows is gone, and passes by what a killed process has half written', async () => {
  await migrateIn(shop, { at: 'committed' });
  const file = readFileSync(shop.db);
  rmSync(shop.db);
  await expect(recoverMigration(shop.entry)).rejects.toMatchObject({ code: 'MR3513' });
  writeFileSync(shop.db, file);
  expect(await recoverMigration(shop.entry)).toMatchObject({ outcome: 'finished' });
  writeFileSync(intentPath(shop.entry), '{"format":1,"id":"m');
  expect(await recoverMigration(shop.entry)).toBeUndefined();
  expect(hasIntent(shop.entry)).toBe(false);
});

it('where nothing can be written, nothing happens', async () => {
  writeFileSync(join(shop.root, '.millrace'), 'a file where a folder has to be');
  await refused('MR3512');
  rmSync(join(shop.root, '.millrace'));
  mkdirSync(join(shop.root, '.millrace'));
  writeFileSync(join(shop.root, '.millrace/backups'), 'here too');
  await refused('MR3512');
  expect(hasIntent(shop.entry)).toBe(false);
});

it('a step that fails for all leaves all, and a database that fails takes everything back', async () => {
  const stop = (stage: string) => (progress: { readonly stage: string }) => {
    if (progress.stage === stage) throw new Error('the power went');
  };
  for (const stage of ['planned', 'backedUp', 'prepared', 'migrating', 'committing']) {
    await expect(migrate({ progress: stop(stage) })).rejects.toThrow('the power went');
    expect(seen()).toBe(before);
    expect(hasIntent(shop.entry)).toBe(false);
    const backups = join(shop.root, '.millrace/backups');
    expect(existsSync(backups) ? readdirSync(backups) : []).toEqual([]);
  }
  expect(await migrate()).toMatchObject({ ok: true });
});
