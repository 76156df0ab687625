import { resolve } from 'node:path';
import { milliseconds, type Duration } from '../../../core/index.ts';
import { Worker, type WorkerEvent } from '../../../runtime/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { makeFolderOf, openSystem } from '../../systems/bound.ts';
import { onlyEmbedded } from '../../systems/engine.ts';
import { ioLogger } from '../../systems/logger.ts';

/** The options of `dsl work`. */
export interface WorkArguments {
  readonly db?: string;
  readonly engine?: string;
  readonly tasks?: string;
  readonly concurrency: string;
  readonly lease: string;
  readonly standby?: boolean;
}

/** Works until it is interrupted. Exit code 0 then, 1 when the database failed. */
export async function work(io: Io, file: string, options: WorkArguments): Promise<number> {
  const concurrency = Number(options.concurrency);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    throw new CliError('MR2003', `--concurrency is a whole number from 1 on, not '${options.concurrency}'.`, {});
  const leaseMs = milliseconds(options.lease as Duration);
  if (leaseMs < 10) throw new CliError('MR2003', `--lease is at least 10ms, not '${options.lease}'.`, {});
  const tasks = options.tasks?.split(',').map((name) => name.trim());
  onlyEmbedded(io, await readConfig(io.cwd, resolve(io.cwd, file)), options, {
    code: 'MR5267',
    says: 'every endpoint makes attempts, so there are no workers',
    hint: 'Start as many `dsl serve FILE --engine restate` as you like.',
  });
  const opened = await openSystem(io, file, options.db, 'embedded');
  if (opened === undefined) return 1;
  const { system, database } = opened;
  const { drainMs, ...settings } = opened.options;
  makeFolderOf(database);
  const standby = options.standby === true ? settings : false;
  const { interrupted } = io;
  const worker = new Worker(system, {
    db: database,
    concurrency,
    leaseMs,
    standby,
    logger: ioLogger(io, 'info'),
    resources: settings.resources,
    ...(settings.models === undefined ? {} : { models: settings.models }),
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(tasks === undefined ? {} : { tasks }),
  });
  let drove = false;
  worker.on((event) => {
    drove ||= event.type === 'owner.taken';
    io.note(words(io, event));
  });
  io.note(`Works for ${system.name}, ${concurrency} at a time: ${(tasks ?? Object.keys(system.tasks)).join(', ')}.`);
  if (standby === false && !worker.driven)
    io.note('Nobody drives the database yet: start a runtime with `workers`, or one process with --standby.');
  const stop = new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stop, worker.ended]);
  if (worker.busy > 0)
    io.note(`Ends after what is under way (${worker.busy}), at most 10 s; Ctrl-C again ends at once.`);
  await worker.close();
  const { counts } = worker;
  if (io.json) io.document({ worker: worker.name, ...counts, drove });
  else
    io.out(
      `${counts.completed} completed, ${counts.failed} failed, ${counts.lost} lost${drove ? '; it drove the database' : ''}`,
    );
  return 0;
}

function words(io: Io, event: WorkerEvent): string {
  const sign = (style: 'cyan' | 'green' | 'yellow' | 'red' | 'blue', text: string): string =>
    io.paint(style, text, 'note');
  switch (event.type) {
    case 'work.started':
      return `${sign('cyan', '▸')} ${event.step} (${event.task}) of run ${event.runId}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'work.ended':
      return event.error === undefined
        ? `${sign('green', '✓')} ${event.step} of run ${event.runId}`
        : `${sign('red', '✗')} ${event.step} of run ${event.runId}: ${event.error.message}`;
    case 'work.swept':
      return `${sign('yellow', '↻')} taken back of those who did not renew it: ${event.returned}, parked: ${event.parked}`;
    case 'owner.taken':
      return `${sign('blue', '●')} drives the database now`;
    case 'owner.lost':
      return `${sign('yellow', '○')} was replaced, and goes on as a worker`;
  }
}
