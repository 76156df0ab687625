import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundler } from '../stage/bundler.ts';
import { settings } from '../stage/build-stage.ts';

let made: Promise<{ readonly text: string; readonly hash: string }> | undefined;

/** The module that runs in the process where code is tried, as one file. Put together once. */
export function harness(): Promise<{ readonly text: string; readonly hash: string }> {
  return (made ??= make());
}

async function make(): Promise<{ readonly text: string; readonly hash: string }> {
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  const entry = fileURLToPath(new URL(`./inside/main${extension}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    ...settings,
    plugins: [bundler({ builtins: 'kept' })],
  });
  const text = outputFiles[0]?.text ?? '';
  return { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) };
}
