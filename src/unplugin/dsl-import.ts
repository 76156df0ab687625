import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import type { Standing } from './compilation.ts';
import { refusal } from './refusal.ts';

/** The specifiers that may mean a source of ours. */
export const dslSpecifier = /\.dsl(?:\.[cm]?[jt]s)?$/;

/**
 * Refuses an import of a `.dsl.ts` from code that is bundled. It could lead to the generated code instead, but the
 * compiler of TypeScript would still see the declaration: types and values would be of two different things.
 *
 * @throws MillraceError MR5101, with what to import.
 */
export function refuseDslImport(specifier: string, importer: string | undefined, { folders }: Standing): void {
  const isPath = /^\.{1,2}\//.test(specifier) || isAbsolute(specifier);
  const from = importer?.replace(/[?#].*$/, '');
  const path = resolve(from === undefined ? '.' : dirname(from), specifier);
  const source = [path, `${path}.ts`, path.replace(/\.([cm]?)js$/, '.$1ts')].find((each) => existsSync(each));
  // A module of somebody else's may have such a name, too.
  const isOurs = isPath ? source !== undefined && /\.dsl\.[cm]?ts$/.test(source) : /\.dsl(?:\.ts)?$/.test(specifier);
  if (!isOurs) return;
  const shown = (file: string): string => shownPath(file, process.cwd());
  const folder = source === undefined ? undefined : folders.get(source);
  const outputs = folder === undefined ? [...folders.values()] : [folder];
  const instead =
    outputs.length === 0
      ? 'Import what is generated from it'
      : `Import ${outputs.map((each) => `${shown(each)}/index.ts`).join(' or ')}, or one of its flows and machines,`;
  const who = from === undefined ? `'${specifier}' is an entry of the build` : `${shown(from)} imports '${specifier}'`;
  throw refusal(
    'MR5101',
    `${who}, but a .dsl.ts is there for the compiler only. ${instead} instead; \`import type\` is fine.`,
  );
}
