import { relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { milliseconds, MillraceError, type Duration } from '../../core/index.ts';
import { execute } from './execute.ts';
import { withoutBuiltins } from './guard.ts';

/** Executes files one after the other, and gives what they export. */
export async function executeAll(
  files: readonly string[],
  builtins: boolean,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const work = async () => {
    const namespaces = [];
    for (const file of files) namespaces.push(await execute(file));
    return namespaces;
  };
  return builtins ? await work() : await withoutBuiltins(files, work);
}

/**
 * Executes files in a thread of their own first, which is ended when it takes too long: a loop without an end cannot be
 * stopped otherwise. What else is wrong with them is left to those who execute them for good.
 *
 * @throws MillraceError MR1293 when it takes longer than the limit.
 */
export async function tryWithin(files: readonly string[], builtins: boolean, limit: Duration): Promise<void> {
  // Written so that it runs as a script and as a module: the flags of the process decide which it is.
  const code = `Promise.all([import('node:worker_threads'), import(${JSON.stringify(import.meta.url)})])
  .then(([{ workerData: { files, builtins } }, { executeAll }]) => executeAll(files, builtins))
  .then(() => process.exit(0), () => process.exit(1));`;
  const worker = new Worker(code, {
    eval: true,
    workerData: { files, builtins },
    stdout: true,
    stderr: true,
  });
  const { promise: ended, resolve } = Promise.withResolvers<'ended'>();
  worker.once('exit', () => resolve('ended'));
  worker.once('error', () => resolve('ended'));
  const { promise: late, resolve: isLate } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => isLate('late'), milliseconds(limit));
  const outcome = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (outcome === 'ended') return;
  await worker.terminate();
  const names = files.map((file) => `'${relative(process.cwd(), file)}'`).join(', ');
  throw new MillraceError(
    `Executing ${names} takes longer than ${limit}. A file that declares should do no work when it is loaded: look for a loop or an \`await\` at its top level, or in what it imports.`,
    { code: 'MR1293', retryable: false, fault: 'user-code', details: { files, limit } },
  );
}
