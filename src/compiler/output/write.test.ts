import { hash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orders } from '../fixtures/orders.ts';
import {
  compileSystem,
  findOutput,
  freshManifest,
  hashFiles,
  readManifest,
  writeOutput,
  type CompileResult,
} from '../index.ts';

let folder = '';
const at = (path: string): string => join(folder, path);
const outDir = (): string => at('generated/orders');
const inOut = (path: string): string => join(outDir(), path);
const places = () => ({
  outDir: outDir(),
  sourcePath: at('orders.dsl.ts'),
  tasksDir: at('tasks'),
  toolVersion: '1.0.0',
});

function compiled(without?: string): CompileResult {
  const model = orders();
  const flows = Object.fromEntries(Object.entries(model.flows).filter(([name]) => name !== without));
  return compileSystem({ ...model, flows }, { ...places(), inputs: hashFiles([at('orders.dsl.ts')]) });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-write-'));
  writeFileSync(at('orders.dsl.ts'), '// source');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codes = (report: { readonly diagnostics: readonly { readonly code: string }[] }): readonly string[] =>
  report.diagnostics.map((one) => one.code);
const check = (result: CompileResult) => writeOutput(result, { outDir: outDir(), check: true });
const write = (result: CompileResult, force = false) => writeOutput(result, { outDir: outDir(), force });

test('writes once, then leaves identical files alone', () => {
  const result = compiled();
  expect(write(result).written).toEqual(
    result.files.map((file) => file.path).filter((path) => path !== 'manifest.json'),
  );
  const old = new Date(1_000_000_000_000);
  for (const { path } of result.files) utimesSync(inOut(path), old, old);
  const again = write(result);
  expect([again.written, again.unchanged.length, again.diagnostics]).toEqual([[], result.files.length - 1, []]);
  expect(result.files.map(({ path }) => statSync(inOut(path)).mtimeMs)).toEqual(result.files.map(() => old.getTime()));
  expect(check(result).diagnostics).toEqual([]);
  expect(readdirSync(outDir(), { recursive: true }).filter((name) => String(name).endsWith('.tmp'))).toEqual([]);
});

test('check tells missing, stale and orphaned files, and writes nothing', () => {
  const result = compiled();
  expect(new Set(codes(check(result)))).toEqual(new Set(['MR1660']));
  expect(existsSync(outDir())).toBe(false);
  write(result);
  rmSync(inOut('shared.ts'));
  expect(check(result)).toMatchObject({
    stale: ['shared.ts'],
    diagnostics: [{ code: 'MR1660', file: inOut('shared.ts') }],
  });
  const fewer = check(compiled('askForReview'));
  expect(fewer.stale).toContain('flows/askForReview.ts');
  expect(fewer.diagnostics.some((one) => one.file.endsWith('askForReview.ts') && one.message.includes('nothing'))).toBe(
    true,
  );
});

test('an edit by hand is never lost in silence, and stops the whole system', () => {
  write(compiled());
  writeFileSync(inOut('flows/fulfilOrder.ts'), '// mine');
  const changed = compiled('askForReview');
  expect(codes(check(compiled()))).toEqual(['MR1661']);
  const report = write(changed);
  expect(codes(report)).toEqual(['MR1661']);
  expect([report.written, report.removed, report.foreign]).toEqual([[], [], ['flows/fulfilOrder.ts']]);
  expect(readFileSync(inOut('flows/fulfilOrder.ts'), 'utf8')).toBe('// mine');
  expect(existsSync(inOut('flows/askForReview.ts'))).toBe(true);
  expect(write(changed, true)).toMatchObject({ diagnostics: [], removed: ['flows/askForReview.ts'] });
  expect(check(changed).diagnostics).toEqual([]);
});

test('files of the user stay: one in the way stops us, one beside ours is not looked at', () => {
  mkdirSync(inOut('flows'), { recursive: true });
  writeFileSync(inOut('contracts.ts'), '// mine');
  writeFileSync(inOut('flows/notes.md'), 'mine');
  expect(codes(write(compiled()))).toEqual(['MR1662']);
  expect(existsSync(inOut('index.ts'))).toBe(false);
  rmSync(inOut('contracts.ts'));
  expect(write(compiled()).diagnostics).toEqual([]);
  expect(readFileSync(inOut('flows/notes.md'), 'utf8')).toBe('mine');
});

test('the file of a removed flow goes, unless somebody changed it', () => {
  write(compiled());
  const fewer = compiled('askForReview');
  writeFileSync(inOut('flows/askForReview.ts'), '// changed');
  expect(write(fewer)).toMatchObject({
    removed: [],
    foreign: ['flows/askForReview.ts'],
    diagnostics: [{ code: 'MR1663', severity: 'warning' }],
  });
  expect(readFileSync(inOut('flows/askForReview.ts'), 'utf8')).toBe('// changed');
  write(compiled('fulfilOrder'), true);
  expect(readdirSync(inOut('flows'))).toEqual(['askForReview.ts']);
});

test('a manifest cannot make us delete something elsewhere', () => {
  const result = compiled();
  write(result);
  writeFileSync(at('precious.txt'), 'x');
  const manifest = readManifest(outDir());
  const outputs = { ...manifest?.outputs, '../../precious.txt': hash('sha256', 'x') };
  writeFileSync(inOut('manifest.json'), JSON.stringify({ ...manifest, outputs }));
  write(compiled('askForReview'));
  expect(readFileSync(at('precious.txt'), 'utf8')).toBe('x');
});

test('killed in the middle of writing, the next run does not take half written output for edits by hand', () => {
  write(compiled());
  const next = compileSystem(
    { ...orders(), version: '9.0.0', description: 'Changed.' },
    { ...places(), toolVersion: '2.0.0', inputs: hashFiles([at('orders.dsl.ts')]) },
  );
  // What a kill leaves behind after the announcement and the first file.
  const manifest = readManifest(outDir());
  const announced = JSON.parse(next.files.at(-1)?.text ?? '') as { outputs: object };
  writeFileSync(inOut('manifest.json'), JSON.stringify({ ...manifest, writing: announced.outputs }));
  writeFileSync(inOut('shared.ts'), next.files[0]?.text ?? '');
  expect(freshManifest(places())).toBeUndefined();
  const third = compileSystem({ ...orders(), version: '10.0.0' }, { ...places(), toolVersion: '3.0.0' });
  expect(write(third).diagnostics).toEqual([]);
  expect(readManifest(outDir())).not.toHaveProperty('writing');
});

test('stopped by the file system, nothing but the announcement is written, and the next run goes on', () => {
  mkdirSync(outDir(), { recursive: true });
  writeFileSync(inOut('flows'), 'a file where a folder belongs');
  expect(() => write(compiled())).toThrow(expect.objectContaining({ code: 'MR1664' }) as Error);
  expect(readdirSync(outDir())).toEqual(['flows', 'manifest.json']);
  rmSync(inOut('flows'));
  const next = compileSystem(orders(), { ...places(), toolVersion: '2.0.0' });
  expect(write(next)).toMatchObject({ diagnostics: [], unchanged: [] });
  expect(check(next).diagnostics).toEqual([]);
});

test('fresh only while sources, outputs, options and the tool are what they were', () => {
  write(compiled());
  const options = places();
  expect(freshManifest(options)?.system).toBe('orders');
  expect(findOutput(at('generated'), options.sourcePath)).toBe(outDir());
  expect(freshManifest({ ...options, toolVersion: '1.0.1' })).toBeUndefined();
  expect(freshManifest({ ...options, tasksDir: at('elsewhere') })).toBeUndefined();
  expect(freshManifest({ ...options, alsoInputs: [at('dsl.config.ts')] })).toBeUndefined();
  writeFileSync(inOut('index.ts'), '// mine');
  expect(freshManifest(options)).toBeUndefined();
  write(compiled(), true);
  expect(freshManifest(options)).toBeDefined();
  writeFileSync(at('orders.dsl.ts'), '// changed');
  expect(freshManifest(options)).toBeUndefined();
  writeFileSync(inOut('manifest.json'), '{ broken');
  expect(freshManifest(options)).toBeUndefined();
});

test('a file system that refuses is a coded error, not a stack trace', () => {
  mkdirSync(at('generated'));
  writeFileSync(outDir(), 'a file where the folder belongs');
  expect(() => write(compiled())).toThrow(expect.objectContaining({ code: 'MR1664' }) as Error);
  rmSync(outDir());
  // Root may write anywhere, so this only tells something for others.
  if (process.getuid?.() === 0) return;
  mkdirSync(outDir());
  chmodSync(outDir(), 0o500);
  expect(() => write(compiled())).toThrow(expect.objectContaining({ code: 'MR1664' }) as Error);
});

test('what was compiled with errors is not written', () => {
  const error = {
    code: 'MR1650',
    severity: 'error',
    message: 'no',
    file: 'x',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
  } as const;
  const report = write({ ...compiled(), diagnostics: [error] });
  expect([report.written, report.diagnostics, existsSync(outDir())]).toEqual([[], [error], false]);
});

test('what a newer Millrace generated is left alone, also where it is the same, unless forced', () => {
  write(compiled());
  const text = readFileSync(inOut('manifest.json'), 'utf8').replace('"format": 1', '"format": 2');
  writeFileSync(inOut('manifest.json'), text);
  const before = readdirSync(outDir()).map((name) => [name, statSync(inOut(name)).mtimeMs]);
  for (const report of [write(compiled()), check(compiled()), write(compiled('fulfilOrder'))]) {
    expect(report).toMatchObject({ written: [], diagnostics: [{ code: 'MR1844', severity: 'error' }] });
  }
  expect(readdirSync(outDir()).map((name) => [name, statSync(inOut(name)).mtimeMs])).toEqual(before);
  expect(readManifest(outDir())).toBeUndefined();
  expect(codes(write(compiled(), true))).toEqual([]);
  expect(readManifest(outDir())).toMatchObject({ format: 1 });
});
