import type { UpgradeOptions, UpgradeResult } from './options.ts';

/**
 * Brings the source of systems to the spelling of the installed version. In each round every file is parsed once, all
 * codemods look at it, and their changes are applied in one pass; everything else stays as it is, byte for byte. A file
 * with a syntax error is left alone. Nothing is written.
 *
 * @param paths The entry files, relative to `cwd`. The files that they import come along.
 * @throws MillraceError MR1841 when `from` or `to` is no version, or `from` is the later one.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { upgradeSource } from 'millrace/source';
 *
 * const { files } = await upgradeSource(['orders.dsl.ts'], { from: '0.1.0' });
 * for (const { path, text } of files) writeFileSync(path, text);
 * ```
 */
export async function upgradeSource(paths: readonly string[], options: UpgradeOptions = {}): Promise<UpgradeResult> {
  const [{ upgrade }, { codemods }] = await Promise.all([import('./upgrade.ts'), import('./codemods/index.ts')]);
  return await upgrade(paths, codemods, options);
}
