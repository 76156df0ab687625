import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hasIntent } from '../../src/migrate/apply/intent-path.ts';
import { migrateIn, shopWithData } from '../../src/migrate/fixtures/shop-with-data.ts';
import { start } from '../cli/dsl.ts';

it('whatever dsl command comes next ends an interrupted migration first', async () => {
  using shop = await shopWithData(4);
  const dsl = (...args: string[]) => start(args, { cwd: shop.root }).done;
  expect(await dsl('compile', 'shop.dsl.ts', '--stubs')).toMatchObject({ code: 0 });

  // Before the commit: undone. The generated code is as it was, so nothing is even read.
  expect((await migrateIn(shop, { at: 'committing' })).signal).toBe('SIGKILL');
  const check = await dsl('migrate', 'shop.dsl.ts', '--check');
  expect(check).toMatchObject({ code: 1 });
  expect(check.stderr).toMatch(/was interrupted, or is running/);
  const inspected = await dsl('inspect', 'shop.dsl.ts', '--json');
  expect(JSON.parse(inspected.stdout)).toMatchObject({ version: '1.0.0' });
  expect(hasIntent(shop.entry)).toBe(false);
  expect((await dsl('send', 'shop.dsl.ts', 'paid', '--payload', '{"id":"c1"}', '--db', 'shop.db')).stdout).toMatch(
    /handled/,
  );

  // Behind the commit, with fresh code of the old version beside a new database: finished, compiled, and driven.
  expect((await migrateIn(shop, { at: 'committed' })).signal).toBe('SIGKILL');
  const sent = await dsl('send', 'shop.dsl.ts', 'sent', '--payload', '{"id":"c0"}', '--db', 'shop.db');
  expect(sent.stderr).toMatch(/written to/);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/handled/) as string });
  expect(hasIntent(shop.entry)).toBe(false);
  expect(existsSync(`${shop.root}/snapshots/2.0.0.json`)).toBe(true);
  expect(JSON.parse((await dsl('inspect', 'shop.dsl.ts', '--json')).stdout)).toMatchObject({ version: '2.0.0' });
  expect(await dsl('migrate', 'shop.dsl.ts', '--check', '--db', 'shop.db')).toMatchObject({ code: 0 });
}, 60_000);
