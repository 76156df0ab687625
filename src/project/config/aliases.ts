import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type * as typescript from '../../source/syntax/typescript.js';

const endings = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'];

/**
 * The file that a specifier means by the `paths` of the nearest `tsconfig.json` at or above a folder, as TypeScript and
 * bundlers understand it. Node does not; asked only where it has found nothing.
 */
export function aliasedFile(specifier: string, folder: string): string | undefined {
  const found = nearestPaths(folder);
  if (found === undefined) return undefined;
  const { paths, base } = found;
  // The longest beginning wins, as in TypeScript.
  const patterns = Object.keys(paths).toSorted((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length);
  for (const pattern of patterns) {
    const rest = matched(pattern, specifier);
    if (rest === undefined) continue;
    for (const target of paths[pattern] ?? []) {
      const path = resolve(
        base,
        target.replace('*', () => rest),
      );
      // An import says `.js` of what is still TypeScript.
      const asSource = path.replace(/\.([cm]?)js$/, '.$1ts');
      const file = [...endings.map((ending) => path + ending), asSource].find(isFile);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/** What stands for the star of a pattern; empty for a pattern without one. */
function matched(pattern: string, specifier: string): string | undefined {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return specifier === pattern ? '' : undefined;
  const isLong = specifier.length >= head.length + tail.length;
  return isLong && specifier.startsWith(head) && specifier.endsWith(tail)
    ? specifier.slice(head.length, specifier.length - tail.length)
    : undefined;
}

interface Paths {
  readonly paths: Readonly<Record<string, readonly string[]>>;
  readonly base: string;
}

function nearestPaths(folder: string): Paths | undefined {
  const file = join(folder, 'tsconfig.json');
  if (!existsSync(file)) return dirname(folder) === folder ? undefined : nearestPaths(dirname(folder));
  // Only TypeScript itself knows comments, `extends` and where a path starts. Hooks of Node cannot wait: no import().
  const { ts } = createRequire(import.meta.url)('../../source/syntax/typescript.js') as typeof typescript;
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { readonly config?: object };
  const host = { ...ts.sys, readDirectory: (): string[] => [] };
  const { options } = ts.parseJsonConfigFileContent(config ?? {}, host, folder, undefined, file);
  const base = options.baseUrl ?? options['pathsBasePath'];
  return options.paths === undefined
    ? undefined
    : { paths: options.paths, base: typeof base === 'string' ? base : folder };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
