import { readFileSync } from 'node:fs';
import { CliError } from '../kit/failure.ts';
import { showPlace } from '../kit/load-module.ts';

/** Where in a config something is wrong: at a setting, or where the config begins. */
export interface ConfigPlace {
  readonly file: string;
  readonly cwd: string;
  readonly key: string | undefined;
}

/** What is said of a config that cannot be meant. */
export const refused = (code: string, { file, cwd, key }: ConfigPlace, message: string, hint: string): CliError =>
  new CliError(code, `${showPlace({ file, line: lineOf(file, key) }, cwd)}: ${message}`, { hint, exitCode: 1 });

/** The line on which a setting stands: good enough for an object literal, and line 1 for anything cleverer. */
function lineOf(file: string, key: string | undefined): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const wanted =
    key === undefined ? /export default/ : new RegExp(`(^|[\\s{,'"])${key.replaceAll(/\W/g, '\\$&')}['"]?\\s*:`);
  return Math.max(1, lines.findIndex((line) => wanted.test(line)) + 1);
}
