import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from './io.ts';

/** The text behind an argument: itself, a file (`@FILE`) or stdin (`-`). */
export async function textArgument(io: Io, option: string, argument: string): Promise<string> {
  if (argument === '-') return await io.input();
  if (!argument.startsWith('@')) return argument;
  const file = resolve(io.cwd, argument.slice(1));
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'permission denied' };
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    throw new CliError(
      'MR2008',
      `${option}: ${argument.slice(1)} cannot be read: ${why[code as keyof typeof why] ?? code}.`,
      {
        hint: 'Paths start from the working directory.',
        exitCode: 1,
        cause: thrown,
      },
    );
  }
}

/** The value behind an argument that is JSON, `@FILE` or `-`. */
export async function jsonArgument(io: Io, option: string, argument: string): Promise<unknown> {
  const text = await textArgument(io, option, argument);
  return parseJson(
    text,
    argument === '-' ? `${option} (stdin)` : argument.startsWith('@') ? `${option} ${argument}` : option,
  );
}

/** Parses JSON, or says where it stops being JSON. */
export function parseJson(text: string, what: string): unknown {
  try {
    // Editors on Windows put a byte order mark in front.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    const reason = (thrown as Error).message;
    const bare = /^[\s]*[{[]?\s*\w+\s*:/.test(text)
      ? ' Names need double quotes, and your shell may have eaten them.'
      : '';
    throw new CliError('MR2009', `${what} is not JSON: ${reason}`, {
      hint: `Write it as '{"name":"Ada"}', @FILE, or - for stdin.${bare}`,
      exitCode: 1,
      cause: thrown,
    });
  }
}
