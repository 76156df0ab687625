import { toErrorRecord } from '../../core/index.ts';
import { RunError } from '../../engine/index.ts';
import { checkValue, encodeJson } from '../../tasks/index.ts';
import type { RunFailed, RunGives } from '../contract.ts';
import { checkSize } from '../effects/size.ts';
import { failureEvents } from '../events/index.ts';
import { Part } from '../host/part.ts';
import { unwind } from '../host/undo.ts';
import type { EndedAsks } from '../machines/contract.ts';
import { json } from '../json.ts';
import type { Run } from './run.ts';

/** How a run has ended. */
export type RunEnd = (RunGives & { readonly status: 'completed' }) | RunFailed;

/** Runs a flow to its end, and tells whom it concerns. */
export async function drive(run: Run): Promise<RunEnd> {
  const { program } = run;
  const part = new Part(run, '', run.root, run.asks.at);
  let output: unknown;
  let input: unknown;
  try {
    input = await readInput(run);
    const value = await program.run(part, input);
    if (run.stopping === undefined) output = readOutput(run, value);
  } catch (thrown) {
    run.stop({ reason: 'error', error: toErrorRecord(thrown) });
  }
  if (run.stopping !== undefined) await unwind(run, run.stopping, part, input);
  const end = endOf(run, output, part.time);
  tell(run, end, part.time);
  return end;
}

// Not the time of now: after a crash the same end is told again, and Restate takes no other one for the same.
function endOf({ stopping, errors }: Run, output: unknown, at: number): RunEnd {
  const also = { at, ...(errors.length === 0 ? {} : { errors }) };
  if (stopping === undefined) return { status: 'completed', ...(output === undefined ? {} : { output }), ...also };
  return { status: stopping.reason === 'cancel' ? 'cancelled' : 'failed', error: stopping.error, ...also };
}

/** The instance that it works for hears of the end, and whoever listens to failures of its flow. */
function tell(run: Run, end: RunEnd, at: number): void {
  const { asks, ctx, place, kind, program } = run;
  const { owner } = asks;
  if (owner !== undefined) {
    const { ref, token } = owner;
    const ok = end.status === 'completed';
    const ended: EndedAsks = {
      ref,
      token,
      end: ok ? { ok, ...(end.output === undefined ? {} : { output: end.output }) } : { ok, error: end.error },
    };
    ctx.genericSend<EndedAsks>({
      service: place.names.machine(owner.machine),
      key: owner.instance,
      method: 'ended',
      parameter: ended,
      inputSerde: json(),
      name: '~ended',
    });
  }
  if (end.status !== 'failed' || kind !== 'flow') return;
  const contract = place.registry.flow(program.target)?.contract;
  if (contract === undefined) return;
  const where = { error: end.error, runId: run.id };
  run.publish(failureEvents(contract, asks.input, where, { invocation: run.invocation, at }));
}

/** The input as the flow sees it. */
async function readInput(run: Run): Promise<unknown> {
  const { program, asks } = run;
  if (program.input === undefined) return asks.input;
  const input = checkValue(program.input, asks.input);
  if (input.ok) return input.value;
  // It has done something already, which a failure here would leave without its undos.
  if (run.resumed)
    return run.diverged(`its input does not fit the schema of flow '${program.target}' (${input.problems})`);
  throw new RunError(
    'MR3206',
    `The input of flow '${program.target}' (run '${run.id}') is not valid: ${input.problems}`,
    {
      cause: input.cause,
    },
  );
}

function readOutput(run: Run, value: unknown): unknown {
  const { program } = run;
  if (run.kind === 'task') return run.lastOutput;
  const encoded = encodeJson(value);
  // What a flow gives is parsed as it will be read.
  const written: unknown = encoded.ok && encoded.value !== undefined ? JSON.parse(encoded.value) : undefined;
  const checked = encoded.ok && program.output !== undefined ? checkValue(program.output, written) : encoded;
  if (encoded.ok && checked.ok) {
    checkSize(`The result of flow '${program.target}' (run '${run.id}')`, encoded.value ?? '');
    return written;
  }
  throw new RunError(
    'MR3207',
    `The result of flow '${program.target}' (run '${run.id}') is not valid: ${checked.ok ? '' : checked.problems}`,
    { fault: 'user-code' },
  );
}
