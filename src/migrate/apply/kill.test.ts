import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOf, migrateIn, rowsOf, shopWithData } from '../fixtures/shop-with-data.ts';
import { intentPath, recoveringPath } from './intent-path.ts';
import { recoverMigration } from './recover.ts';

/** How often it is killed at a random moment: `KILLS=100 npx vitest run src/migrate/apply/kill.test.ts`. */
const kills = Number(process.env['KILLS'] ?? 8);
let shop: Awaited<ReturnType<typeof shopWithData>>;
let pristine: string;
let old: string;
let fresh: string;
const seen = (): string => JSON.stringify([filesOf(shop.root), rowsOf(shop.db)]);
const inMillrace = (): readonly string[] => {
  const folder = join(shop.root, '.millrace');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'backups') : [];
};

/** Puts everything back to before the first migration. */
function reset(): void {
  for (const name of ['.millrace', 'snapshots', 'shop.db', 'shop.db-wal', 'shop.db-shm'])
    rmSync(join(shop.root, name), { recursive: true, force: true });
  for (const name of readdirSync(pristine)) cpSync(join(pristine, name), join(shop.root, name), { recursive: true });
}

beforeAll(async () => {
  shop = await shopWithData(40);
  pristine = mkdtempSync(join(tmpdir(), 'millrace-pristine-'));
  for (const name of ['snapshots', 'shop.db', 'shop.dsl.ts'])
    cpSync(join(shop.root, name), join(pristine, name), { recursive: true });
  old = seen();
  const { out, stderr } = await migrateIn(shop);
  expect(JSON.parse(out || '{}'), stderr).toMatchObject({
    ok: true,
    database: { instances: [{ machine: 'order', mapped: 20, unchanged: 20, left: [] }] },
  });
  fresh = seen();
  expect(fresh).not.toBe(old);
  reset();
  expect(seen()).toBe(old);
});
afterAll(() => {
  shop[Symbol.dispose]();
  rmSync(pristine, { recursive: true, force: true });
});

/** Killed there: everything is as it was, or everything is new, and nothing is left over. */
async function afterKill(outcome: 'finished' | 'undone' | undefined): Promise<boolean> {
  const recovery = await recoverMigration(shop.entry);
  if (outcome !== undefined) expect(recovery?.outcome).toBe(outcome);
  const now = seen();
  expect(now === old || now === fresh).toBe(true);
  if (outcome !== undefined) expect(now).toBe(outcome === 'finished' ? fresh : old);
  expect(inMillrace()).toEqual([]);
  expect(await recoverMigration(shop.entry)).toBeUndefined();
  return now === fresh;
}

it.each([
  ['locked', 'undone'],
  ['planned', 'undone'],
  ['owned', 'undone'],
  ['backedUp', 'undone'],
  ['prepared', 'undone'],
  ['instances 40', 'undone'],
  ['committing', 'undone'],
  ['committed', 'finished'],
  ['written', 'finished'],
] as const)('killed at %s: %s', { timeout: 60_000 }, async (at, outcome) => {
  reset();
  const { signal, stderr } = await migrateIn(shop, { at });
  expect(signal, stderr).toBe('SIGKILL');
  await afterKill(outcome);
  if (at !== 'locked' && at !== 'committing') return;
  // Nothing is in the way of the next one.
  const { out } = await migrateIn(shop);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
  expect(seen()).toBe(fresh);
});

it(
  'killed at a random moment, again and again: all old or all new',
  async () => {
    reset();
    const started = performance.now();
    await migrateIn(shop);
    const length = performance.now() - started;
    reset();
    let seed = 7;
    const outcomes: boolean[] = [];
    for (let kill = 0; kill < kills; kill++) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      // The first half of the time goes by with loading.
      await migrateIn(shop, { after: length * (0.5 + 0.6 * (seed / 2 ** 31)) });
      const isNew = await afterKill(undefined);
      outcomes.push(isNew);
      if (isNew) reset();
    }
    expect(outcomes).toHaveLength(kills);
    if (kills > 20)
      console.log(
        `${kills} kills: ${outcomes.filter(Boolean).length} all new, ${outcomes.filter((isNew) => !isNew).length} all old`,
      );
  },
  30_000 + kills * 5000,
);

it('killed while it is recovered, the next recovery ends it; ten at once end it once', async () => {
  reset();
  await migrateIn(shop, { at: 'committed' });
  // As when the process that recovers dies after it has taken the intent.
  cpSync(intentPath(shop.entry), recoveringPath(shop.entry));
  rmSync(intentPath(shop.entry));
  await afterKill('finished');
  for (const [at, outcome] of [
    ['committed', fresh],
    ['prepared', old],
  ] as const) {
    reset();
    await migrateIn(shop, { at });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => recoverMigration(shop.entry)));
    const ended = all.filter((each) => each.status === 'fulfilled' && each.value !== undefined);
    expect(ended).toHaveLength(1);
    await afterKill(undefined);
    expect(seen()).toBe(outcome);
  }
});

it('two at once: one wins, and the other says so', async () => {
  reset();
  let second: ReturnType<typeof migrateIn> | undefined;
  const first = await migrateIn(shop, {
    at: 'wait',
    seen: (text) => {
      if (text.startsWith('prepared')) second ??= migrateIn(shop);
    },
  });
  const other = await second;
  expect(JSON.parse(first.out.split('\n')[1] ?? '')).toMatchObject({ ok: true });
  expect(JSON.parse(other?.out ?? '')).toMatchObject({ ok: false, diagnostics: [{ code: 'MR3510' }] });
  expect(seen()).toBe(fresh);
  reset();
  const both = await Promise.all([migrateIn(shop), migrateIn(shop), migrateIn(shop)]);
  const reports = both.map(({ out }) => JSON.parse(out) as { readonly ok: boolean });
  expect(reports.filter(({ ok }) => ok).length).toBeGreaterThan(0);
  expect(seen()).toBe(fresh);
  expect(inMillrace()).toEqual([]);
  mkdirSync(join(shop.root, '.millrace'), { recursive: true });
});
