import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orders } from './fixtures/orders.ts';
import { compileSystem, loadTemplates, type TemplateOverrides } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-templates-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const compile = (templates?: TemplateOverrides) =>
  compileSystem(orders(), {
    outDir: 'out',
    sourcePath: 'src/orders.dsl.ts',
    tasksDir: 'src/tasks',
    toolVersion: '1.0.0',
    ...(templates === undefined ? {} : { templates }),
  });

test('a template in the folder replaces ours, the others stay, and nothing sticks', () => {
  const plain = compile();
  writeFileSync(join(folder, 'header.hbs'), '// Ours, from {{source}}.\n');
  writeFileSync(join(folder, 'notes.txt'), 'no template');
  const { files } = compile(loadTemplates(folder));
  const [first] = files;
  expect(first?.text.split('\n').slice(0, 2)).toEqual(['// Ours, from orders.dsl.ts.', "import { z } from 'zod';"]);
  expect(files.map((file) => file.text.split('\n').slice(1)).slice(0, -1)).toEqual(
    plain.files.map((file) => file.text.split('\n').slice(1)).slice(0, -1),
  );
  expect(compile()).toEqual(plain);
});

test('a template that does not work is a coded error that names it', () => {
  writeFileSync(join(folder, 'flow.hbs'), '{{#if doc}}never closed');
  expect(() => compile(loadTemplates(folder))).toThrow(
    expect.objectContaining({ code: 'MR1653', message: expect.stringContaining("'flow.hbs'") as string }) as Error,
  );
});

test('a folder that is not there overrides nothing', () => {
  expect(loadTemplates(join(folder, 'nowhere'))).toEqual({});
});
