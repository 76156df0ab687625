import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BoundSystem } from '../../tasks/index.ts';
import { shop as shopText } from '../fixtures/project.ts';
import { filesOf, rowsOf, shopStep, shopWithData } from '../fixtures/shop-with-data.ts';
import { versionsFrom } from '../fixtures/versions.ts';
import { applyMigration, type MigrationOptions } from './apply.ts';

let shop: Awaited<ReturnType<typeof shopWithData>>;
beforeEach(async () => {
  shop = await shopWithData(6);
});
afterEach(() => shop[Symbol.dispose]());
let system: BoundSystem;
beforeAll(async () => {
  const text = shopText('2.0.0')
    .replace("{ paid: 'paid' }", "{ paid: 'settled' }")
    .replace('  paid: {', '  settled: {');
  system = (await versionsFrom([text]))[0]?.system as BoundSystem;
});

const migrate = (more: Partial<MigrationOptions> = {}) =>
  applyMigration({ entry: 'shop.dsl.ts', cwd: shop.root, target: '2.0.0', db: 'shop.db', system, ...more });
const seen = (): string => JSON.stringify([filesOf(shop.root), rowsOf(shop.db)]);
const backups = (): readonly string[] => {
  const folder = join(shop.root, '.millrace/backups');
  return existsSync(folder) ? readdirSync(folder) : [];
};
const withContext = (context: string): void =>
  shop.write({
    'migrations/1.0.0-to-2.0.0.ts': shopStep.replace("{ paid: 'settled' } }", `{ paid: 'settled' },\n${context} }`),
  });

it.each([
  [
    'throws',
    '    context: (old: any) => old.order.total,',
    "6 instances of 'order': Cannot read properties of undefined (reading 'total')",
  ],
  [
    'gives what does not fit',
    "    context: () => ({ total: 'much' }),",
    expect.stringMatching(/^6 instances of 'order': its context does not fit/) as string,
  ],
])('a function of a step that %s: nothing is migrated, and one line says why', async (how, context, message) => {
  withContext(context);
  const before = seen();
  for (const dryRun of [true, false]) {
    const report = await migrate({ dryRun });
    expect(report).toMatchObject({
      ok: false,
      database: null,
      backup: null,
      diagnostics: [
        {
          code: 'MR3518',
          file: 'migrations/1.0.0-to-2.0.0.ts',
          message,
          hint: expect.stringContaining('--leave') as string,
        },
      ],
    });
    if (how === 'throws') expect(report.diagnostics[0]?.line).toBe(11);
    expect(seen()).toBe(before);
    expect(backups()).toEqual([]);
  }
  const left = await migrate({ leave: true });
  expect(left).toMatchObject({ ok: true, database: { instances: [{ machine: 'order', mapped: 0 }] } });
  expect(left.database?.instances[0]?.left).toHaveLength(6);
});

it('a step that says null leaves its rows without a word of failure', async () => {
  shop.write({
    'migrations/1.0.0-to-2.0.0.ts': shopStep.replace("states: { paid: 'settled' }", 'states: { paid: null }'),
  });
  const report = await migrate();
  expect(report).toMatchObject({ ok: true, database: { instances: [{ machine: 'order', unchanged: 3 }] } });
  expect(report.database?.instances[0]?.left).toHaveLength(3);
});

it('makes a backup only of what it changes', async () => {
  expect(await migrate()).toMatchObject({ ok: true });
  expect(backups()).toHaveLength(1);
  expect(await migrate()).toMatchObject({ ok: true, backup: null, database: { from: [], instances: [] } });
  expect(backups()).toHaveLength(1);
});
