import { expect, it } from 'vitest';
import { head } from '../fixtures/read-text.ts';
import { readSystem } from '../read-system.ts';
import { keepFiles } from './kept.ts';

const part = (ttl: string): string =>
  `import { event } from 'millrace';\nimport { z } from 'zod';\nexport const shipped = event('shipped', { payload: z.object({ id: z.string() }), ttl: '${ttl}' });\n`;
const entry = `${head.replace("'1.0.0' }", "'1.0.0', parts: [ship] }")}import * as ship from './ship.dsl.ts';\n`;

it('only the file that changed is parsed again, and what is read is the same', async () => {
  const files = new Map([
    ['/p/a.dsl.ts', entry],
    ['/p/ship.dsl.ts', part('1d')],
  ]);
  const readFile = (path: string): string => files.get(path) ?? '';
  const kept = keepFiles();
  const read = async () => await readSystem('/p/a.dsl.ts', { cwd: '/p', readFile, kept });

  const first = await read();
  const [a, ship] = [kept.parsed.get('/p/a.dsl.ts'), kept.parsed.get('/p/ship.dsl.ts')];
  expect(await read()).toEqual(first);
  expect(kept.parsed.get('/p/ship.dsl.ts')).toBe(ship);

  files.set('/p/ship.dsl.ts', part('2d'));
  const second = await read();
  expect(second.system?.events['shipped']).toMatchObject({ ttl: '2d' });
  expect(second).toEqual(await readSystem('/p/a.dsl.ts', { cwd: '/p', readFile }));
  expect(kept.parsed.get('/p/a.dsl.ts')).toBe(a);
  expect(kept.parsed.get('/p/ship.dsl.ts')).not.toBe(ship);
});

it('one file may belong to systems in different folders', async () => {
  const files = new Map([
    ['/p/a.dsl.ts', entry.replace('./ship', './parts/ship')],
    ['/p/b/b.dsl.ts', entry.replace('./ship', '../parts/ship')],
    ['/p/parts/ship.dsl.ts', part('1d')],
  ]);
  const readFile = (path: string): string => files.get(path) ?? '';
  const kept = keepFiles();
  const places = [];
  for (const path of ['/p/a.dsl.ts', '/p/b/b.dsl.ts'])
    places.push((await readSystem(path, { cwd: '/p', readFile, kept })).system?.events['shipped']?.location.file);
  expect(places).toEqual(['parts/ship.dsl.ts', '../parts/ship.dsl.ts']);
});

it('says which files it looked for in vain', async () => {
  const readFile = (path: string): string => {
    if (path === '/p/a.dsl.ts') return entry;
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  expect(await readSystem('/p/a.dsl.ts', { cwd: '/p', readFile })).toMatchObject({
    missing: ['/p/ship.dsl.ts'],
    files: ['/p/a.dsl.ts'],
  });
  expect(await readSystem('/p/none.dsl.ts', { cwd: '/p', readFile })).toMatchObject({
    missing: ['/p/none.dsl.ts'],
    files: [],
  });
});
