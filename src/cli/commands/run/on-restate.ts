import { setTimeout as sleep } from 'node:timers/promises';
import type { RestateClient } from '../../../restate/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { dbOption, type OpenedSystem } from '../../systems/bound.ts';
import { openClient, startEndpoint } from '../../systems/on-restate.ts';
import type { RestateAddresses } from '../../systems/restate.ts';
import { teller } from './follow.ts';
import { checkInput, tell } from './run.ts';

/** How often a run is looked at, in ms. */
const look = 300;

/** How long somebody who has pressed Ctrl-C waits for an answer, in ms. */
const enough = 1000;

/** Runs a flow on Restate and waits for its end. `given`: an input; absent, an id may be that of an earlier run. */
export async function runOnRestate(
  io: Io,
  opened: OpenedSystem,
  addresses: RestateAddresses,
  flow: string,
  given: { readonly given: unknown } | undefined,
  wanted: string | undefined,
): Promise<number> {
  const client = await openClient(io, opened, addresses);
  try {
    const known = wanted === undefined || given !== undefined ? undefined : await client.status(wanted);
    if (known !== undefined && known.target !== flow) {
      throw new CliError('MR2018', `Run '${known.id}' is a run of '${known.target}', not of '${flow}'.`, {
        hint: 'Choose another --id.',
      });
    }
    if (known === undefined && given === undefined) checkInput(opened.system, flow, undefined);
    const options = wanted === undefined ? {} : { id: wanted };
    const id = known?.id ?? (await client.start(flow, given?.given, options)).runId;
    io.note(io.paint('dim', `run ${id}`, 'note'));
    return await toItsEnd(io, opened, client, flow, id);
  } finally {
    await client.close();
  }
}

async function toItsEnd(
  io: Io,
  opened: OpenedSystem,
  client: RestateClient,
  flow: string,
  id: string,
): Promise<number> {
  const over = new AbortController();
  const following = follow(io, opened, client, id, over.signal);
  const interrupted = new Promise<undefined>((resolve) => {
    if (io.interrupted.aborted) resolve(undefined);
    io.interrupted.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const ending = client.result(id);
    ending.catch(() => {});
    const result = await Promise.race([ending, interrupted]);
    over.abort();
    // Who has pressed Ctrl-C does not wait for a server that does not answer.
    await (result === undefined ? Promise.race([following, sleep(enough)]) : following);
    if (result === undefined) return await leave(io, opened, client, flow, id);
    tell(io, opened, flow, id, result);
    return result.status === 'completed' ? 0 : 1;
  } finally {
    over.abort();
  }
}

/** Tells on stderr what happens to a run, until it is called off; then once more. */
async function follow(
  io: Io,
  { file, system }: OpenedSystem,
  client: RestateClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const told = teller(io);
  let away = false;
  for (;;) {
    const last = signal.aborted;
    try {
      told(await client.steps(id));
      const view = last ? undefined : await client.status(id);
      // Restate tries again by itself; who waits should know for what.
      const failure = view?.error?.code === 'MR5231' ? view.error : undefined;
      if (failure !== undefined && !away) {
        const message = failure.message.replace(/\.$/, '');
        const code = io.paint('yellow', `warning ${failure.code}`, 'note');
        io.note(`${code}: ${message}. ${startEndpoint(file, system.name, message)}`);
      }
      away = failure !== undefined;
    } catch {
      // Whoever waits for the end says what is wrong.
    }
    if (last) return;
    await sleep(look, undefined, { signal }).catch(() => {});
  }
}

/** Ctrl-C: the run goes on without us. */
async function leave(io: Io, opened: OpenedSystem, client: RestateClient, flow: string, id: string): Promise<number> {
  const { file } = opened;
  const engine = dbOption(opened);
  const [view, asked = []] = await Promise.race([
    Promise.all([client.status(id), client.decisions(id)]),
    sleep(enough, [] as const),
  ]);
  if (io.json) {
    io.document({
      id,
      status: view?.status ?? 'running',
      output: null,
      error: null,
      durationMs: view === undefined ? 0 : view.updatedAt - view.createdAt,
    });
  }
  io.note(`Run ${id} goes on on Restate. \`dsl run ${file} ${flow} --id ${id}${engine}\` waits for its end again.`);
  for (const { step } of asked) {
    io.note(
      `It waits for a person: \`dsl runs decide ${file} ${id} ${step} --approve --by NAME${engine}\` (or --reject).`,
    );
  }
  return interruptedCode(io);
}
