import { z } from 'zod';
import { toErrorRecord } from '../../core/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import type { WorkRow } from '../../store/index.ts';
import { decodeJson, TaskError, type AttemptOutcome, type AttemptRequest, type WorldPort } from '../../tasks/index.ts';
import { StepServices } from '../host/task/services.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import type { Registry } from '../../engine/index.ts';
import { originOf } from '../renamed.ts';

/** What an attempt needs to know, beside what its row says. */
interface Asked {
  readonly input?: unknown;
  readonly key: string;
  readonly again?: boolean;
  readonly timeoutMs?: number;
  readonly heartbeatMs?: number;
  readonly total?: { readonly until: number; readonly ms: number };
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const text = z.string();
/** An outcome as data. */
const resultShape = z.union([
  z.object({
    ok: z.literal(true),
    output: text.optional(),
    emitted: z.array(z.object({ event: text, payload: text.optional() })),
  }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      name: text,
      message: text,
      code: text,
      retryable: z.boolean(),
      fault: z.enum(['input', 'user-code', 'environment', 'internal']),
      details: z.record(text, z.unknown()).optional(),
    }),
  }),
]);
type Result = z.infer<typeof resultShape>;

/** The same for a step of a run, its epoch and the number of its try: the work of a try is found again by it. */
export function workId({ idempotencyKey, attempt }: Pick<AttemptRequest, 'idempotencyKey' | 'attempt'>): string {
  return `${idempotencyKey}.${attempt}`;
}

/** A new row for an attempt. */
export function workRow(
  request: AttemptRequest,
  { priority, lost, maxLost, now }: Pick<WorkRow, 'priority' | 'lost' | 'maxLost'> & { readonly now: number },
): WorkRow {
  const { input, again, timeoutMs, heartbeatMs, total, metadata } = request;
  const asked: Asked = {
    key: request.idempotencyKey,
    ...(input === undefined ? {} : { input }),
    ...(again === true ? { again } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    ...(total === undefined ? {} : { total }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  return {
    id: workId(request),
    run: request.runId,
    path: request.step,
    task: request.contract.contract,
    status: 'pending',
    priority,
    request: JSON.stringify(asked),
    attempt: request.attempt,
    lost,
    maxLost,
    worker: null,
    token: 0,
    until: null,
    result: null,
    history: null,
    created: now,
    updated: now,
  };
}

/** The attempt that a row asks for. */
export function requestOf(
  row: WorkRow,
  registry: Registry,
  place: LedgerPlace,
  rest: Pick<AttemptRequest, 'logger'> & { readonly signal: AbortSignal; readonly world: WorldPort },
): AttemptRequest {
  const { key, input, ...asked } = JSON.parse(row.request) as Asked;
  const first = originOf(place.tables.runs.get(row.run)?.renamed ?? null)(row.path);
  const text = input === undefined ? null : JSON.stringify(input);
  return {
    ...asked,
    input,
    contract: registry.task(row.task) as AnyTask,
    implementation: registry.implementations.get(row.task),
    attempt: row.attempt,
    runId: row.run,
    step: row.path,
    idempotencyKey: key,
    services: new StepServices(place, { run: row.run, path: first, task: row.task }, key, text, true),
    clock: place.clock,
    ...rest,
  };
}

/** An outcome as data. */
export function resultOf(outcome: AttemptOutcome): string {
  const result: Result = outcome.ok
    ? {
        ok: true,
        ...(outcome.output === undefined ? {} : { output: outcome.output }),
        emitted: outcome.emitted.map(({ event, payload }) => ({
          event: event.contract,
          ...(payload === undefined ? {} : { payload }),
        })),
      }
    : { ok: false, error: toErrorRecord(outcome.error) };
  return JSON.stringify(result);
}

/** The outcome that another process has recorded. Nothing is believed of it: it may be of another version of the system. */
export function outcomeOf(row: WorkRow, registry: Registry): AttemptOutcome {
  const ids = { task: row.task, runId: row.run, step: row.path, attempt: row.attempt };
  const unfit = (problems: string): AttemptOutcome => ({
    ok: false,
    error: new TaskError(
      `What '${row.worker}' gave for step '${row.path}' of run '${row.run}' does not fit: ${problems}`,
      {
        name: 'TaskOutputError',
        code: 'MR3102',
        retryable: false,
        ids,
      },
    ),
  });
  const read = decodeJson(resultShape, row.result);
  if (!read.ok) return unfit(read.problems);
  const result = read.value as Result;
  if (!result.ok) {
    const { name, message, code, retryable, fault, details } = result.error;
    return {
      ok: false,
      error: new TaskError(message, {
        name,
        code,
        retryable,
        fault,
        ids,
        ...(details === undefined ? {} : { details }),
      }),
    };
  }
  const contract = registry.task(row.task);
  if (contract === undefined) return unfit(`there is no task '${row.task}'`);
  const value = decodeJson(contract.output, result.output ?? null);
  if (!value.ok) return unfit(value.problems);
  const emitted = [];
  for (const { event: name, payload } of result.emitted) {
    const event = registry.event(name);
    if (event === undefined) return unfit(`there is no event '${name}'`);
    emitted.push({ event, payload });
  }
  return { ok: true, output: result.output, value: value.value, emitted };
}
