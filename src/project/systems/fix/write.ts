import { readFileSync } from 'node:fs';
import { CliError } from '../../kit/failure.ts';
import { writeFile } from '../../kit/write-file.ts';

/** Writes changed files, all of them or none: one that somebody else has changed since it was read stops the whole. */
export function writeTexts(
  texts: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  command = 'dsl check --fix',
): void {
  const changed = [...texts].filter(([path, text]) => text !== before.get(path));
  for (const [path] of changed) {
    if (readFileSync(path, 'utf8') === before.get(path)) continue;
    throw new CliError('MR2032', `'${path}' was changed while it was being fixed.`, {
      hint: `Nothing was written. Run \`${command}\` again.`,
      exitCode: 1,
    });
  }
  const done: string[] = [];
  try {
    for (const [path, text] of changed) {
      writeFile(path, text);
      done.push(path);
    }
  } catch (error) {
    for (const path of done) writeFile(path, before.get(path) ?? '');
    throw error;
  }
}
