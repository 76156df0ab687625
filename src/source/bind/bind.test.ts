import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyTask } from '../../flow/index.ts';
import { systemSchema, type SystemModel } from '../../model/index.ts';
import { basics } from '../fixtures/read-text.ts';
import { loadSystemFromDsl } from '../index.ts';
import { bindLive } from './load-live.ts';

const examples = ['orders', 'ingest', 'review'].map((name) => fileURLToPath(new URL(`../../../dsl-examples/${name}/${name}.dsl.ts`, import.meta.url)));

/** Every place of a model where something living belongs, found without the binder. */
function livingPaths(model: SystemModel): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, id, name, alias, event, field } = value as Record<string, unknown>;
    if (['expression', 'call', 'schema'].includes(String(kind))) return void found.push(path);
    void [id, name, alias, event, field];
    if (Array.isArray(value)) {
      value.forEach((item: Record<string, unknown>, index) => {
        const label = [item['id'], item['name'], item['alias'], item['event'], item['field']].find((one) => typeof one === 'string') ?? index;
        walk(item, `${path}[${String(label)}]`);
      });
    } else for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  for (const map of ['events', 'tasks', 'flows', 'machines'] as const) for (const [name, node] of Object.entries(model[map])) walk(node, `${map}.${name}`);
  return found;
}

/** A project in a folder of its own that finds the package and zod. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-live-'));
  mkdirSync(join(folder, 'node_modules/millrace'), { recursive: true });
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  cpSync(join(root, 'package.json'), join(folder, 'node_modules/millrace/package.json'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    // The sources of the package, as vitest would resolve it inside the repository.
    writeFileSync(join(folder, name), text.replaceAll(/from 'millrace(?:\/(\w+))?'/g, (_, room = 'dsl') => `from '${join(root, 'src', String(room), 'index.ts')}'`));
  }
  return folder;
}

describe('every example', () => {
  it.each(examples)('%s: nothing is missing between the model and what is executed, and nothing is left over', async (path) => {
    const model = await loadSystemFromDsl(path);
    const { system, paths } = await bindLive(model, path);
    expect(paths.toSorted()).toEqual(livingPaths(model).toSorted());
    expect(paths.length).toBeGreaterThan(20);
    expect(Object.keys(system.events)).toEqual(Object.keys(model.events));
    expect(Object.keys(system.flows)).toEqual(Object.keys(model.flows));
    expect(Object.keys(system.machines)).toEqual(Object.keys(model.machines));
    expect(Object.keys(system.implementations)).toEqual(Object.keys(model.tasks));
  });
});
void z;
void ({} as AnyTask);
void systemSchema;
void basics;
void project;
