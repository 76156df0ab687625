import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSystemFromDsl, saveSystemToDsl } from 'millrace/source';
import { afterEach, beforeEach, expect, test } from 'vitest';

const text = `import { event, system } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' }); // the first
export const placed = event('placed', { payload: z.object({ id: z.string() }) });
`;

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'save-'));
  path = join(folder, 'a.dsl.ts');
  writeFileSync(path, text);
});
afterEach(() => rmSync(folder, { recursive: true }));

const codes = ({ diagnostics }: { readonly diagnostics: readonly { readonly code: string }[] }): string[] =>
  diagnostics.map(({ code }) => code);

test('writes what changed, keeps the permissions, follows links, and leaves nothing else behind', async () => {
  const link = join(folder, 'link.dsl.ts');
  symlinkSync(path, link);
  chmodSync(path, 0o640);
  const model = await loadSystemFromDsl(link);
  expect(await saveSystemToDsl({ ...model, version: '1.0.1' }, link)).toEqual({ written: [link], diagnostics: [] });
  expect(readFileSync(path, 'utf8')).toBe(text.replace('1.0.0', '1.0.1'));
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).toSorted()).toEqual(['a.dsl.ts', 'link.dsl.ts']);
});

test('writes nothing when nothing changed', async () => {
  const before = statSync(path, { bigint: true });
  const model = await loadSystemFromDsl(path);
  expect(await saveSystemToDsl(model, 'a.dsl.ts', { cwd: folder })).toEqual({ written: [], diagnostics: [] });
  const after = statSync(path, { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
});

test('prints the whole system where there is no file yet', async () => {
  const model = await loadSystemFromDsl(path);
  const made = join(folder, 'new.dsl.ts');
  expect(await saveSystemToDsl(model, made)).toEqual({ written: [made], diagnostics: [] });
  expect(Object.keys((await loadSystemFromDsl(made)).events)).toEqual(['placed']);
});

test('what cannot be saved is refused, and nothing is written', async () => {
  const model = await loadSystemFromDsl(path);
  expect(codes(await saveSystemToDsl(model, join(folder, 'a.json')))).toEqual(['MR1770']);
  expect(existsSync(join(folder, 'a.json'))).toBe(false);
  // A name that the model does not hold.
  const payload = { kind: 'schema' as const, text: 'z.object({ id: Id })', uses: ['z'], location: model.location };
  const placed = model.events['placed'] as (typeof model)['events'][string];
  const wrong = {
    ...model,
    events: { placed: { ...placed, payload } },
  };
  expect(codes(await saveSystemToDsl(wrong, path))).toEqual(['MR1771']);
  const nowhere = { ...payload, uses: ['z', 'Id'] };
  const missing = {
    ...model,
    events: { placed: { ...placed, payload: nowhere } },
  };
  expect(codes(await saveSystemToDsl(missing, path))).toEqual(['MR1741']);
  expect(readFileSync(path, 'utf8')).toBe(text);
  writeFileSync(path, `${text}export const x = ;`);
  expect(codes(await saveSystemToDsl({ ...model, version: '2.0.0' }, path))).toContain('MR1006');
  expect(codes(await saveSystemToDsl(model, folder))).toEqual(['MR1770']);
  expect(codes(await saveSystemToDsl(model, join(path, 'b.dsl.ts')))).toEqual(['MR1773']);
});
