import { dirname, resolve } from 'node:path';
import type { Reading } from '../reading.ts';
import type { Behind, Module, Site } from '../syntax/module.ts';

/** The module that a specifier names: `outside` for a package or a path alias, nothing for a file that cannot be read. */
export function moduleBehind(reading: Reading, importer: Site, from: string): Module | 'outside' | undefined {
  if (!/^\.\.?(\/|$)/.test(from)) return 'outside';
  const path = resolve(dirname(importer.module.path), from);
  const found = candidates(path).find((candidate) => reading.exists(candidate));
  if (found === undefined && !/\.m?[jt]sx?$/.test(path)) return 'outside';
  return reading.module(found ?? path, importer);
}

/** The files that a specifier may mean, as TypeScript looks for them. */
export function candidates(path: string): readonly string[] {
  if (/\.m?ts$/.test(path)) return [path];
  if (/\.m?js$/.test(path)) return [path.replace(/js$/, 'ts')];
  return [`${path}.ts`, `${path}.mts`, `${path}/index.ts`];
}

/** What a module exports under a name, through re-exports. */
export function findExport(
  reading: Reading,
  module: Module,
  name: string,
  seen: ReadonlySet<Module> = new Set(),
): Behind | undefined {
  const found = module.exports.get(name);
  if (found?.expression !== undefined) return { kind: 'expression', site: { module, node: found.expression } };
  if (found?.from !== undefined) return reexport(reading, { module, node: found.node }, found.from, found.name, seen);
  if (found !== undefined) {
    const binding = module.bindings.get(found.name);
    if (binding === undefined) return undefined;
    if (binding.value?.kind !== 'import') return { kind: 'declared', module, binding };
    return reexport(reading, { module, node: found.node }, binding.value.from, binding.value.imported, seen);
  }
  if (name === 'default' || seen.has(module)) return undefined;
  for (const star of module.stars) {
    const target = moduleBehind(reading, { module, node: star.node }, star.from);
    if (target === undefined || target === 'outside') continue;
    const behind = findExport(reading, target, name, new Set([...seen, module]));
    if (behind !== undefined) return behind;
  }
  return undefined;
}

function reexport(
  reading: Reading,
  site: Site,
  from: string,
  imported: string,
  seen: ReadonlySet<Module>,
): Behind | undefined {
  if (seen.has(site.module)) return undefined;
  const target = moduleBehind(reading, site, from);
  if (target === undefined) return undefined;
  if (target === 'outside') return { kind: 'outside', from, imported };
  if (imported === '*') return { kind: 'module', module: target };
  return findExport(reading, target, imported, new Set([...seen, site.module]));
}
