import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { harmless } from '../sandbox/harmless.ts';

const toolkit = fileURLToPath(new URL('../../', import.meta.url));
/** `.ts` in this repository, `.js` in the package. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));

/** The file of the toolkit's own that `millrace/room` stands for: a stage is judged by the toolkit that judges. */
export function toolkitFile(specifier: string): string | undefined {
  const room = /^millrace(?:\/([a-z]+))?$/.exec(specifier);
  return room === null ? undefined : `${toolkit}${room[1] ?? 'dsl'}/index${extension}`;
}

export interface BundlerOptions {
  /** Files that are not, or not so, on disk: their text by absolute path. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Modules of Node that reach the world: kept for code that is trusted, else a stand-in that throws when it is used. */
  readonly builtins: 'kept' | 'closed';
  /** Only files in here, and packages, are taken in. Links are followed first. */
  readonly root?: string;
}

/** How everything is found that a module imports. */
export function bundler(options: BundlerOptions): Plugin {
  const texts = options.texts ?? new Map<string, string>();
  return {
    name: 'millrace',
    setup(build) {
      build.onResolve({ filter: /^millrace(\/|$)/ }, ({ path }) => {
        const file = toolkitFile(path);
        return file === undefined ? undefined : { path: file, sideEffects: false };
      });
      build.onResolve({ filter: /.*/ }, ({ path, importer, resolveDir, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (isBuiltin(path)) {
          const name = path.startsWith('node:') ? path : `node:${path}`;
          if (options.builtins === 'kept' || harmless.has(name)) return { path: name, external: true };
          return { path: name, namespace: 'closed', sideEffects: false };
        }
        if (!path.startsWith('.') && !isAbsolute(path)) return undefined;
        const target = resolve(texts.has(importer) ? dirname(importer) : resolveDir || dirname(importer), path);
        // The folder of a file that is not there may not be there either.
        return texts.has(target) || (texts.has(importer) && existsSync(target)) ? { path: target } : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: 'closed' }, ({ path }) => ({
        contents: `const gone = () => { throw new Error("'${path}' is not there in verification: a task reaches the world through its context"); };
module.exports = new Proxy(gone, { get: (_, key) => key === '__esModule' ? false : new Proxy(gone, { get: (_, key) => key === Symbol.toPrimitive || key === 'then' ? undefined : gone(), apply: gone, construct: gone }), apply: gone, construct: gone });`,
        loader: 'js',
      }));
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }) => {
        const text = texts.get(path);
        if (text !== undefined) return { contents: text, loader: 'ts', resolveDir: existing(dirname(path)) };
        const { root } = options;
        if (root === undefined) return undefined;
        const real = await realpath(path);
        const inside = (folder: string): boolean =>
          !relative(folder, real).startsWith('..') && !isAbsolute(relative(folder, real));
        if (inside(root) || inside(toolkit) || real.split(sep).includes('node_modules')) return undefined;
        return { errors: [{ text: `'${relative(root, path)}' is outside of the project` }] };
      });
    },
  };
}

/** The folder, or the nearest one above it that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}
