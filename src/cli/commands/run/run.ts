import { messageOf } from '../../../core/index.ts';
import { connect, type Client, type FlowResult, type ReactiveSystemRuntime } from '../../../runtime/index.ts';
import { checkValue, type BoundSystem } from '../../../tasks/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { span } from '../../kit/table.ts';
import { dbOption, makeFolderOf, mustHave, openSystem, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';
import { followClient, followRuntime } from './follow.ts';
import { followOthers } from './others.ts';

/** The options of `dsl run`. */
export interface RunArguments {
  readonly input?: string;
  readonly id?: string;
  readonly db?: string;
  readonly engine?: string;
}

type Engine = ReactiveSystemRuntime | Client;

/** Runs a flow to its end. Exit code 0 when it completed, 1 when it did not. */
export async function run(io: Io, file: string, flow: string, options: RunArguments): Promise<number> {
  const given = options.input === undefined ? undefined : await jsonArgument(io, '--input', options.input);
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  mustHave(opened.system, 'flow', flow);
  // Without an input, an id may be that of an earlier run: then the input is known.
  if (options.input !== undefined || options.id === undefined) checkInput(opened.system, flow, given);
  if (opened.restate !== undefined) {
    const { runOnRestate } = await import('./on-restate.ts');
    return await runOnRestate(
      io,
      opened,
      opened.restate,
      flow,
      options.input === undefined ? undefined : { given },
      options.id,
    );
  }
  makeFolderOf(opened.database);
  const { interrupted } = io;
  let id = options.id;
  let told = false;
  for (;;) {
    const { system, database: db, options: settings } = opened;
    const engine = connect(system, { ...settings, db, logger: ioLogger(io, 'info') });
    try {
      if (engine.role === 'client') io.note('Another process drives the database: the run is started through it.');
      const known = id === undefined ? undefined : engine.status(id);
      if (known === undefined || options.input !== undefined) {
        if (known === undefined && options.input === undefined) checkInput(opened.system, flow, undefined);
        id = (await engine.start(flow, given, id === undefined ? {} : { id })).runId;
      } else if (known.target !== flow) {
        throw new CliError('MR2018', `Run '${known.id}' is a run of '${known.target}', not of '${flow}'.`, {
          hint: 'Choose another --id.',
        });
      }
      if (!told) io.note(io.paint('dim', `run ${id}`, 'note'));
      told = true;
      return await toItsEnd(io, opened, engine, flow, id ?? '');
    } catch (thrown) {
      // The process that drove the database has ended: from here on this one does.
      if ((thrown as { code?: unknown }).code !== 'MR3403' || interrupted.aborted) throw thrown;
    } finally {
      await engine.close();
    }
  }
}

export function checkInput(system: BoundSystem, flow: string, input: unknown): void {
  const schema = system.flows[flow]?.contract.input;
  const checked = schema === undefined ? undefined : checkValue(schema, input);
  if (checked?.ok !== false) return;
  throw new CliError('MR3206', `The input of flow '${flow}' is not valid: ${checked.problems}`, {
    hint:
      input === undefined
        ? `Give one with --input '{...}'; \`dsl inspect FILE\` shows the flow.`
        : 'Nothing was started.',
    exitCode: 1,
  });
}

async function toItsEnd(io: Io, opened: OpenedSystem, engine: Engine, flow: string, id: string): Promise<number> {
  const stop = engine.role === 'owner' ? followRuntime(io, engine, id) : followClient(io, engine, id);
  const stopOthers = engine.role === 'owner' ? followOthers(io, engine, id) : () => {};
  const interrupted = new Promise<undefined>((resolve) => {
    if (io.interrupted.aborted) resolve(undefined);
    io.interrupted.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let result: FlowResult | undefined;
  try {
    const ending = engine.result(id);
    ending.catch(() => {});
    result = await Promise.race([ending, interrupted]);
  } finally {
    stop();
  }
  try {
    if (result === undefined) return leave(io, opened, engine, flow, id);
    tell(io, opened, flow, id, result);
    // What it has set off: flows that its events or its failure start, other runs.
    if (engine.role === 'owner' && !io.interrupted.aborted) await Promise.race([rest(io, engine), interrupted]);
  } finally {
    stopOthers();
  }
  return result.status === 'completed' ? 0 : 1;
}

/** Drives until nothing is left to do but to wait. */
async function rest(io: Io, engine: ReactiveSystemRuntime): Promise<void> {
  const slow = setTimeout(
    () => io.note('Other work goes on; Ctrl-C leaves it to whoever drives the database next.'),
    500,
  );
  try {
    await engine.idle();
  } catch (error) {
    // The run has ended, whatever becomes of the rest.
    io.note(`The rest is left to whoever drives the database next: ${messageOf(error)}`);
  } finally {
    clearTimeout(slow);
  }
}

/** Was it for want of something outside: a server, a key, money? Then the same run may still come to a good end. */
const isOfSurroundings = (error: FlowResult['error'] | null): boolean =>
  error !== null && error !== undefined && (error.fault === 'environment' || /^MR40\d\d$/.test(error.code));

export function tell(io: Io, opened: OpenedSystem, flow: string, id: string, result: FlowResult): void {
  const { status, output = null, error = null, executionTime } = result;
  if (io.json) io.document({ id, status, output, error, durationMs: executionTime });
  else if (status === 'completed') {
    io.out(JSON.stringify(output, null, 2));
    io.note(`${io.paint('green', '✓', 'note')} ${flow} completed in ${span(executionTime)}`);
  } else {
    io.note(`${io.paint('red', '✗', 'note')} ${flow} ${status} after ${span(executionTime)}`);
    if (error !== null) io.note(`${io.paint(['bold', 'red'], `error ${error.code}`, 'note')}: ${error.message}`);
    const hint = io.paint('dim', 'hint:', 'note');
    const db = dbOption(opened);
    if (status === 'blocked' || (status === 'failed' && isOfSurroundings(error)))
      io.note(
        `  ${hint} \`dsl runs retry ${opened.file} ${id}${db}\` lets it go on from there, once what it lacked is there.`,
      );
    io.note(`  ${hint} \`dsl runs show ${id}${db}\` shows its journal.`);
  }
}

/** Ctrl-C: the run stays where it is, on disk. */
function leave(io: Io, opened: OpenedSystem, engine: Engine, flow: string, id: string): number {
  const { file } = opened;
  const db = dbOption(opened);
  const view = engine.status(id);
  if (io.json)
    io.document({
      id,
      status: view?.status ?? 'running',
      output: null,
      error: null,
      durationMs: view === undefined ? 0 : view.updatedAt - view.createdAt,
    });
  io.note(
    engine.role === 'client'
      ? `Run ${id} goes on in the process that drives the database.`
      : `Run ${id} is on disk. It goes on with \`dsl run ${file} ${flow} --id ${id}${db}\`, or with any command that drives the database.`,
  );
  const asked = engine.reader.decisions(id);
  for (const { step } of asked)
    io.note(`It waits for a person: \`dsl runs decide ${file} ${id} ${step} --approve --by NAME${db}\` (or --reject).`);
  if (engine.role === 'owner' && view?.status === 'running')
    io.note('Attempts that are under way may end first, for at most 10 s; Ctrl-C again stops them.');
  return interruptedCode(io);
}
