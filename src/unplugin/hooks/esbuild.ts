import { Buffer } from 'node:buffer';
import type { PartialMessage, PluginBuild } from 'esbuild';
import type { Problem } from '../problem.ts';
import type { Unit } from '../unit.ts';

/** Marks what this plugin asks itself. */
const ours = Symbol('millrace');

/** Compiles when a build begins. */
export function esbuildSetup(unit: Unit, build: PluginBuild): void {
  const { initialOptions } = build;
  const compilation = unit.open(initialOptions, initialOptions.absWorkingDir ?? process.cwd());
  build.onStart(async () => {
    const { errors, warnings } = await compilation.refresh();
    return { errors: errors.map(messageOf), warnings: warnings.map(messageOf) };
  });
  // Only what resolves something may name files to watch; the entries are resolved in every build.
  const entries = entriesOf(initialOptions.entryPoints).map((each) => each.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (entries.length === 0) return;
  // They come as they were written, or as a path from the folder.
  const filter = new RegExp(`^(?:\\./)?(?:${entries.join('|')})$`);
  build.onResolve({ filter }, async ({ path, kind, resolveDir, importer, namespace, pluginData, with: attributes }) => {
    if (kind !== 'entry-point' || pluginData === ours) return undefined;
    // Who names files without a path is warned of in every build, so the entry is resolved here as everybody else would.
    const options = { kind, resolveDir, importer, namespace, with: attributes, pluginData: ours };
    const [{ files }, resolved] = await Promise.all([compilation.refresh(), build.resolve(path, options)]);
    return {
      ...resolved,
      pluginData: resolved.pluginData === ours ? undefined : (resolved.pluginData as unknown),
      watchFiles: [...files],
    };
  });
}

function entriesOf(entries: PluginBuild['initialOptions']['entryPoints'] = []): readonly string[] {
  if (!Array.isArray(entries)) return Object.values(entries);
  return entries.map((each) => (typeof each === 'string' ? each : each.in));
}

/** A problem as esbuild shows it: it draws the line itself, and counts bytes from 0. */
function messageOf({ text, place }: Problem): PartialMessage {
  if (place === undefined) return { text };
  const { file, line, column, length, lineText } = place;
  const bytes = (from: number, to: number): number => Buffer.byteLength(lineText.slice(from, to));
  const start = column - 1;
  const location = { file, line, column: bytes(0, start), length: bytes(start, start + length), lineText };
  return { text, location };
}
