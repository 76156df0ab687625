import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The same way from src/rules and from dist/rules: the pages travel with the package.
const folder = fileURLToPath(new URL('../../docs/errors/', import.meta.url));

/**
 * The page of a code, as Markdown: what happened, an example, how to mend it. Nothing for a code that does not exist.
 *
 * @example
 * ```ts
 * import { explain } from 'millrace/rules';
 *
 * explain('MR1203'); // '# MR1203: ...'
 * ```
 */
export function explain(code: string): string | undefined {
  if (!/^MR\d{4}$/.test(code)) return undefined;
  try {
    return readFileSync(`${folder}${code}.md`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Every code that has a page, in order. */
export function codes(): readonly string[] {
  return readdirSync(folder)
    .flatMap((file) => /^(MR\d{4})\.md$/.exec(file)?.[1] ?? [])
    .sort();
}
