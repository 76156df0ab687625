import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { messageOf, MillraceError } from '../../core/index.ts';
import type { AnyTask, Schema } from '../../flow/index.ts';
import type { Subject } from '../contract.ts';
import { settings } from './build-stage.ts';
import { bundler } from './bundler.ts';

/** The contract of a task, alive: what this process judges with. */
export interface LiveContract {
  readonly task: AnyTask;
  readonly input: Schema;
  readonly output: Schema;
  /** The payload of every event of the system, by name. */
  readonly events: Readonly<Record<string, Schema>>;
}

/**
 * Loads the generated contracts, whatever loader this process runs under. They are the user's own declarations, and so
 * trusted; the code that is judged has no part in them.
 *
 * @throws MillraceError MR5044
 */
export async function loadContracts(subject: Pick<Subject, 'contracts' | 'contract' | 'root'>): Promise<LiveContract> {
  try {
    return await load(subject);
  } catch (error) {
    throw new MillraceError(
      `The contracts in '${subject.contracts}' cannot be loaded: ${messageOf(error)}. Nothing can be verified without them.`,
      { code: 'MR5044', retryable: false, fault: 'input', cause: error },
    );
  }
}

async function load({
  contracts,
  contract,
  root,
}: Pick<Subject, 'contracts' | 'contract' | 'root'>): Promise<LiveContract> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(contracts)};`, resolveDir: dirname(contracts), loader: 'ts' },
    ...settings,
    absWorkingDir: root,
    plugins: [bundler({ builtins: 'kept' })],
  });
  const folder = await mkdtemp(join(tmpdir(), 'millrace-contracts-'));
  try {
    const file = join(folder, 'contracts.mjs');
    await writeFile(file, outputFiles[0]?.text ?? '', { mode: 0o600 });
    const all = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    const task = all[contract] as AnyTask;
    const events = Object.values(all).flatMap((one) => (isEvent(one) ? [[one.contract, one.payload] as const] : []));
    return { task, input: task.input, output: task.output, events: Object.fromEntries(events) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isEvent(value: unknown): value is { readonly contract: string; readonly payload: Schema } {
  return typeof value === 'function' && (value as { readonly kind?: unknown }).kind === 'event';
}
