import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '../../../runtime/index.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import type { Io } from '../../kit/io.ts';
import { dbOption, openSystem } from '../../systems/bound.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { drive, type Engine } from '../instances/drive.ts';

/** The options of `dsl runs cancel`. */
export interface CancelOptions {
  readonly reason?: string;
  readonly by?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** The options of `dsl runs retry`. */
export interface RetryOptions extends AgainOptions {
  readonly keepEffects?: boolean;
}

interface AgainOptions {
  readonly fromStep?: string;
  readonly input?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** The options of `dsl runs fork`. */
export interface ForkOptions extends AgainOptions {
  readonly at?: number;
  readonly id?: string;
}

/** Cancels a run and undoes what it did. Exit code 1 when it was over already. */
export async function cancelRun(io: Io, file: string, run: string, options: CancelOptions): Promise<number> {
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const { result, driven, hint } = await drive(
    io,
    opened,
    async (engine) => {
      const { reason, by } = options;
      const { accepted, undone } = await engine.cancel(run, {
        ...(reason === undefined ? {} : { reason }),
        ...(by === undefined ? {} : { by }),
      });
      // It has ended when what it did is undone.
      const { status } = accepted ? await engine.result(run) : { status: (await engine.status(run))?.status };
      const done = undone === false ? { undone, done: await finished(engine, run) } : {};
      return { accepted, status, ...done };
    },
    run,
  );
  if (io.json) io.document({ run, ...result, driven });
  else {
    io.out(result.accepted ? `${run} is ${result.status}` : `${run} was over: it is ${result.status}`);
    const { done } = result;
    if (done !== undefined)
      io.note(
        `nothing was undone${done.length === 0 ? '' : `: ${done.join(', ')} stay${done.length === 1 ? 's' : ''} done`}`,
      );
  }
  if (hint !== undefined) io.note(hint);
  return result.accepted ? 0 : 1;
}

/** What a run has done, and not undone. */
async function finished(engine: Engine, run: string): Promise<readonly string[]> {
  const steps = 'reader' in engine ? engine.reader.steps(run) : await engine.steps(run);
  const done = new Set(steps.flatMap(({ path, status }) => (status === 'completed' ? [path] : [])));
  return [...done].filter((path) => !path.endsWith('/~undo') && !done.has(`${path}/~undo`));
}

/** Does steps of a run again. */
export async function retryRun(io: Io, file: string, run: string, options: RetryOptions): Promise<number> {
  const asks = {
    ...(await asksOf(io, options)),
    ...(options.keepEffects === true ? ({ openEffects: 'keep' } as const) : {}),
  };
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const { result, driven, hint } = await drive(
    io,
    opened,
    async (engine) => {
      const gives = await engine.retry(run, asks);
      if (engine.role === 'owner') await engine.idle();
      const view = 'reader' in engine ? engine.status(run) : await settled(engine, run);
      return { ...gives, status: view?.status, ...(view?.status === 'blocked' ? { error: view.error } : {}) };
    },
    run,
  );
  const { runId: _, ...facts } = result;
  if (io.json) io.document({ run, ...facts, driven });
  else {
    io.out(`${run} goes on from ${from(result.fromStep)} with version ${result.version}; it is ${result.status}`);
    if (result.dropped.length > 0) io.note(`done again: ${result.dropped.join(', ')}`);
    if (result.notUndone !== undefined) io.note(`not undone, it stays as it is: ${result.notUndone.join(', ')}`);
    if (result.parents.length > 0) io.note(`they wait for it again: ${result.parents.join(', ')}`);
    if (result.error !== undefined)
      io.note(`${io.paint(['bold', 'red'], `error ${result.error.code}`, 'note')}: ${result.error.message}`);
  }
  if (hint !== undefined) io.note(hint);
  if (result.status !== 'blocked') return 0;
  if (opened.restate !== undefined)
    io.note(
      `It does not fit the newest code either. Serve code that fits, or begin again from a step that both have: \`dsl runs retry ${file} ${run} --from-step STEP${dbOption(opened)}\`.`,
    );
  return 1;
}

/** How long a run that goes on may take to show that it does not fit its code, in ms. */
const soon = 2000;

/** Where a run on Restate stands, once it has shown whether it goes on: it is called a moment after it was let go on. */
async function settled(engine: Exclude<Engine, { reader: unknown }>, run: string): Promise<RunView | undefined> {
  for (const begun = performance.now(); ; await sleep(100)) {
    const view = await engine.status(run);
    const { status = 'failed' } = view ?? {};
    if (performance.now() - begun > soon || !['pending', 'running', 'paused'].includes(status)) return view;
  }
}

/** Begins a new run with what another one has done. */
export async function forkRun(io: Io, file: string, run: string, options: ForkOptions): Promise<number> {
  const { at, id } = options;
  const asks = {
    ...(await asksOf(io, options)),
    ...(at === undefined ? {} : { at }),
    ...(id === undefined ? {} : { id }),
  };
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  const { result, driven, hint } = await drive(
    io,
    opened,
    async (engine) => {
      if (!('fork' in engine)) throw noFork();
      const gives = await engine.fork(run, asks);
      if (engine.role === 'owner') await engine.idle();
      return { ...gives, status: engine.status(gives.runId)?.status };
    },
    ({ runId }) => runId,
  );
  const { runId, ...facts } = result;
  if (io.json) io.document({ run: runId, ...facts, driven });
  else {
    io.out(`${runId} goes on with what ${run} did, with version ${result.version}; it is ${result.status}`);
    if (result.dropped.length > 0) io.note(`done again: ${result.dropped.join(', ')}`);
  }
  if (hint !== undefined) io.note(hint);
  return 0;
}

const noFork = (): CliError =>
  new CliError('MR5230', 'On Restate a run cannot be forked.', {
    hint: 'Start a new run with `dsl run`, or do steps of this one again with `dsl runs retry`.',
  });

const from = (step: string | undefined): string =>
  step === undefined ? 'where it stopped' : step === '' ? 'its start' : step;

async function asksOf(io: Io, { fromStep, input, by, reason }: AgainOptions) {
  return {
    ...(fromStep === undefined ? {} : { fromStep }),
    ...(input === undefined ? {} : { input: await jsonArgument(io, '--input', input) }),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
  };
}
