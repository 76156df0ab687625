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
  } else if (first !== 'compile' || !(await compilePlainly(rest))) {
    const { main } = await import('./program.ts');
    await main(process.argv.slice(2));
  }
}

/**
 * `dsl compile` with plain arguments: what most builds say, many times a day. Is there anything to do is asked before
 * anything large is loaded. Returns false when a parser of command lines has to look at the arguments.
 */
async function compilePlainly(args: readonly string[]): Promise<boolean> {
  const { compileUnchanged, plainArguments } = await import('./commands/compile/unchanged.ts');
  const plain = plainArguments(args);
  if (plain === undefined) return false;
  if (await compileUnchanged(plain, process.cwd())) return true;
  const { shell } = await import('./shell.ts');
  const { globs, out, check } = plain;
  await shell(args, async (io) => {
    const { compile } = await import('./commands/compile/run.ts');
    return await compile(io, globs, { ...(out !== undefined && { out }), ...(check && { check }) });
  });
  return true;
}
