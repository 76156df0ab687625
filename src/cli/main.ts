#!/usr/bin/env node
/**
 * The command line. This file is read by whatever Node the shell finds, even one that is too old for the rest: it must
 * parse there, and decides before anything else is loaded.
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';

const [first, ...rest] = process.argv.slice(2);

if ((first === '--version' || first === '-v') && rest.length === 0) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  process.stdout.write(`${version}\n`);
} else {
  // Absent before Node 22.1, whatever the types say.
  (module as Partial<typeof module>).enableCompileCache?.();
  const { nodeIsTooOld } = await import('./node-version.ts');
  if (nodeIsTooOld(process.versions.node)) {
    const { useBundledNode } = await import('./bundled-node.ts');
    process.exitCode = await useBundledNode();
  } else if (first !== 'compile' || !(await compiledAlready(rest))) {
    const { main } = await import('./program.ts');
    await main(process.argv.slice(2));
  }
}

/** Is there nothing to compile? Asked before anything large is loaded, and answered in full when it is so. */
async function compiledAlready(args: readonly string[]): Promise<boolean> {
  const { compileUnchanged } = await import('./commands/compile/unchanged.ts');
  return await compileUnchanged(args, process.cwd());
}
