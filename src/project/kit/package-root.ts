import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the installed package: it holds `templates/` and `docs/errors/`. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** The version of the installed package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string }).version;
}
