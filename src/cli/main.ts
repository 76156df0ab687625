#!/usr/bin/env node
/**
 * The command line. This file is read by whatever Node the shell finds, even one that is too old for the rest: it must
 * parse there, and decides before anything else is loaded.
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';

const [first, ...rest] = process.argv.slice(2);

if ((first === '--version' || first === '-v') && rest.length === 0) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  process.stdout.write(`${version}\n`);
} else {
  // Absent before Node 22.1, whatever the types say.
  (module as Partial<typeof module>).enableCompileCache?.();
  const { nodeIsTooOld, useBundledNode } = await import('./node-version.ts');
  if (nodeIsTooOld(process.versions.node)) process.exitCode = await useBundledNode();
  else {
    const { main } = await import('./program.ts');
    await main(process.argv.slice(2));
  }
}
