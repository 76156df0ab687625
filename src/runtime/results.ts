import { RecordedError, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import type { Schema } from '../flow/index.ts';
import type { JournalRow, RunRow } from '../store/index.ts';
import { decodeJson } from '../tasks/index.ts';
import type { Dispatched } from './dispatcher.ts';
import { RunError, taskStep } from '../engine/index.ts';
import type { PartialFailure } from './live-run.ts';
import type { Answer, RequestKind, Requests } from './requests.ts';
import { stepViews, type StepStatus } from './views.ts';

/** How a run is started. */
export interface StartOptions {
  /** The id of the run: choose one to be able to start it twice without running it twice. */
  readonly id?: string;
  /** The same key gives the same run. */
  readonly idempotencyKey?: string;
  /** A whole number: when work has to wait for a turn, that of runs with a higher one begins first. Default 0. */
  readonly priority?: number;
  /** JSON that every task of the run finds in its context. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `attached`: the run was there already. */
export interface StartResult {
  readonly runId: string;
  readonly attached: boolean;
}

export interface SendOptions {
  /** The same key publishes the event once. */
  readonly idempotencyKey?: string;
}

/** What came of an event that was sent. */
export interface SendResult extends Dispatched {
  readonly eventId: string;
}

export interface CreateOptions {
  readonly id: string;
  /** The initial context. Default `{}`. */
  readonly context?: unknown;
}

/** The end of a single task. */
export interface TaskResult {
  readonly taskId: string;
  readonly runId: string;
  readonly success: boolean;
  readonly output: unknown;
  readonly error: ErrorRecord | undefined;
  /** Tries after the first. */
  readonly retries: number;
  /** ms, by the runtime's clock. */
  readonly executionTime: number;
}

/** One step of a finished flow. */
export interface StepResult {
  readonly status: StepStatus;
  readonly output?: unknown;
  readonly error?: ErrorRecord;
  readonly attempts: number;
}

/** The end of a flow. */
export interface FlowResult {
  readonly flowId: string;
  readonly runId: string;
  readonly status: RunRow['status'];
  /** It came to its end, and no step had to be passed over. */
  readonly success: boolean;
  /** It came to its end, and some step had to be passed over: see `errors`. */
  readonly partial?: true;
  /** By path, in the order in which they began. */
  readonly stepResults: Readonly<Record<string, StepResult>>;
  readonly output: unknown;
  readonly error: ErrorRecord | undefined;
  /** Failures that did not end the run, of steps that were passed over and of undos. */
  readonly errors: readonly PartialFailure[];
  /** ms, by the runtime's clock. */
  readonly executionTime: number;
}

interface End {
  readonly output: unknown;
  readonly error: ErrorRecord | undefined;
}

/** What a run came to, seen through the schema that its output has now. */
function endOf(row: RunRow, schema: Schema | undefined): End {
  const error = row.error === null ? undefined : (JSON.parse(row.error) as ErrorRecord);
  if (row.status !== 'completed') return { output: undefined, error };
  if (schema === undefined) return { output: row.output === null ? undefined : JSON.parse(row.output), error };
  const read = decodeJson(schema, row.output);
  if (read.ok) return { output: read.value, error };
  const unfit = new RunError(
    'MR3207',
    `Run '${row.id}' has ended well, and its recorded result does not fit the output of ${row.kind} '${row.target}' any more: ${read.problems}`,
    { fault: 'user-code', details: { run: row.id } },
  );
  return { output: undefined, error: toErrorRecord(unfit) };
}

/** `schema`: what the code says of the output of this task. */
export function taskResult(row: RunRow, journal: readonly JournalRow[], schema: Schema | undefined): TaskResult {
  const { output, error } = endOf(row, schema);
  return {
    taskId: row.target,
    runId: row.id,
    success: row.status === 'completed' && error === undefined,
    output,
    error,
    retries: Math.max(0, (stepViews(journal).find(({ path }) => path === taskStep)?.attempts ?? 1) - 1),
    executionTime: (row.ended ?? row.updated) - row.created,
  };
}

/** `schema`: what the code says of the output of this flow; undefined for what is handed over as it was written. */
export function flowResult(row: RunRow, journal: readonly JournalRow[], schema: Schema | undefined): FlowResult {
  const { output, error } = endOf(row, schema);
  const completed = row.status === 'completed';
  const errors = row.errors === null ? [] : (JSON.parse(row.errors) as readonly PartialFailure[]);
  let steps: FlowResult['stepResults'] | undefined;
  return {
    flowId: row.target,
    runId: row.id,
    status: row.status,
    success: completed && errors.length === 0 && error === undefined,
    ...(completed && errors.length > 0 ? { partial: true } : {}),
    // Made of the journal when somebody asks: many callers want the output only.
    get stepResults() {
      return (steps ??= stepResults(journal));
    },
    output,
    error,
    errors,
    executionTime: (row.ended ?? row.updated) - row.created,
  };
}

function stepResults(journal: readonly JournalRow[]): FlowResult['stepResults'] {
  return Object.fromEntries(
    stepViews(journal).map(({ path, status, attempts, output, error }) => [
      path,
      { status, attempts, ...(output === undefined ? {} : { output }), ...(error === undefined ? {} : { error }) },
    ]),
  );
}

/** The result of a request, or its refusal as an error. */
export function fromAnswer<K extends RequestKind>(answer: Answer<K>): Requests[K]['gives'] {
  if ('ok' in answer) return answer.ok;
  throw new RecordedError(answer.error);
}
