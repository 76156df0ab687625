import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BoundSystem } from '../../tasks/index.ts';
import { shop as shopText } from '../fixtures/project.ts';
import { filesOf, rowsOf, shopWithData } from '../fixtures/shop-with-data.ts';
import { versionsFrom } from '../fixtures/versions.ts';
import { applyMigration } from './apply.ts';
import { hasIntent } from './intent-path.ts';
import { recoverMigration } from './recover.ts';

// A real disk of three megabytes, where this process may make one.
const disk = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
const run = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;
const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk);
const usual = process.env['TMPDIR'];
let system: BoundSystem;
beforeAll(async () => {
  const text = shopText('2.0.0')
    .replace("{ paid: 'paid' }", "{ paid: 'settled' }")
    .replace('  paid: {', '  settled: {');
  system = (await versionsFrom([text]))[0]?.system as BoundSystem;
});
afterAll(() => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  if (isMounted) run('umount', disk);
  rmSync(disk, { recursive: true, force: true });
});

it.skipIf(!isMounted)(
  'on a full disk, however much room is left: all old or all new',
  async () => {
    process.env['TMPDIR'] = disk;
    using shop = await shopWithData(200);
    const seen = (): string => JSON.stringify([filesOf(shop.root), rowsOf(shop.db)]);
    const before = seen();
    const filler = join(disk, 'filler');
    const codes = new Set<string>();
    let isNew = false;
    for (let room = 0; !isNew; room += 24) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - room * 1024)));
      const report = await applyMigration({ entry: shop.entry, cwd: shop.root, target: '2.0.0', db: shop.db, system });
      rmSync(filler);
      if (!report.ok) codes.add(report.diagnostics[0]?.code ?? '');
      // What could not be finished for want of room is, when there is some.
      isNew = report.ok || (await recoverMigration(shop.entry))?.outcome === 'finished';
      expect(hasIntent(shop.entry)).toBe(false);
      if (!isNew) expect(seen()).toBe(before);
    }
    expect(filesOf(shop.root)['shop.dsl.ts']).toContain('settled');
    expect(rowsOf(shop.db)).toContain('2.0.0');
    // The intent, the backup, the database: each has been the one that had no room.
    expect([...codes].sort()).toEqual(expect.arrayContaining(['MR3005', 'MR3512']));
  },
  60_000,
);
