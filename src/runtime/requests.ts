import {
  EventError,
  OwnerError,
  RunError,
  sameJson,
  checkId,
  checkRunId,
  newId,
  payloadText,
  type InstanceName,
} from '../engine/index.ts';
import { hash } from 'node:crypto';
import { canonicalJson, failedOf, MillraceError, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import { decodeJson, encodeJson } from '../tasks/index.ts';
import { StoreError, type IdempotencyRow, type InboxRow, type Tx } from '../store/index.ts';
import { notJson, readAsks } from './asks.ts';
import { checkPriority } from './attempts/index.ts';
import type { Context, NewRun } from './context.ts';
import { decide, type DecideAsks, type DecideGives } from './decide.ts';
import { enqueue, type EnqueueAsks, type EnqueueGives } from './enqueue.ts';
import { fork, type ForkGives, type ForkReady } from './fork/fork.ts';
import type { ForkAsks } from './fork/fork-plan.ts';
import { pause, resume, type PauseAsks, type PauseGives } from './pause.ts';
import { prune, type PruneAsks } from './retention/prune.ts';
import type { Pruned } from './retention/prune-runs.ts';
import type { Instances } from './instances/instances.ts';
import type { LiveRun } from './live-run.ts';
import { remove, type RemoveAsks } from './instances/remove.ts';
import { restore, type RestoreAsks } from './instances/restore.ts';
import type { RetryReady } from './rewind/ready.ts';
import { retry, type RetryGives } from './rewind/retry.ts';
import type { RetryAsks } from './rewind/retry-plan.ts';
import { rollback, type RollbackAsks, type RollbackGives } from './instances/rollback.ts';
import { isStuck } from './stop.ts';
import { readColumn } from './unreadable.ts';
import { knownRun } from './known-run.ts';

/** What may be asked of whoever drives the database, as JSON. */
export interface Requests {
  readonly send: {
    readonly asks: { readonly event: string; readonly payload?: unknown; readonly idempotencyKey?: string };
    readonly gives: { readonly eventId: string };
  };
  readonly start: {
    readonly asks: {
      readonly kind: NewRun['kind'];
      readonly target: string;
      readonly input?: unknown;
      readonly id?: string;
      readonly idempotencyKey?: string;
      readonly priority?: number;
      readonly metadata?: Readonly<Record<string, unknown>>;
    };
    /** `attached`: the run was there already. */
    readonly gives: { readonly runId: string; readonly attached: boolean };
  };
  readonly cancel: {
    readonly asks: { readonly runId: string; readonly reason?: string; readonly by?: string };
    /** `undone: false`: it was blocked, so that nothing could be undone. */
    readonly gives: { readonly runId: string; readonly accepted: boolean; readonly undone?: false };
  };
  readonly pause: { readonly asks: PauseAsks; readonly gives: PauseGives };
  readonly resume: { readonly asks: { readonly runId: string }; readonly gives: PauseGives };
  readonly retry: { readonly asks: RetryAsks; readonly gives: RetryGives };
  readonly fork: { readonly asks: ForkAsks; readonly gives: ForkGives };
  readonly enqueue: { readonly asks: EnqueueAsks; readonly gives: EnqueueGives };
  readonly decide: { readonly asks: DecideAsks; readonly gives: DecideGives };
  readonly create: {
    readonly asks: { readonly machine: string; readonly id: string; readonly context?: unknown };
    readonly gives: { readonly machine: string; readonly id: string };
  };
  readonly prune: { readonly asks: PruneAsks; readonly gives: Pruned };
  readonly rollback: { readonly asks: RollbackAsks; readonly gives: RollbackGives };
  readonly remove: { readonly asks: RemoveAsks; readonly gives: InstanceName };
  readonly restore: { readonly asks: RestoreAsks; readonly gives: { readonly machine: string; readonly id: string } };
}
export type RequestKind = keyof Requests;

/** An answer, as it is stored for another process. */
export type Answer<K extends RequestKind = RequestKind> =
  | { readonly ok: Requests[K]['gives'] }
  | { readonly error: ErrorRecord };

/** What was found out for a request before its transaction. */
export type Ready = RetryReady | ForkReady;

interface Desk extends Context {
  readonly instances: Instances;
  readonly runs: Map<string, LiveRun>;
  readonly touched: Set<string>;
}

const carryOut: {
  readonly [K in RequestKind]: (desk: Desk, tx: Tx, asks: Requests[K]['asks'], ready?: Ready) => Requests[K]['gives'];
} = {
  send(desk, tx, { event: name, payload, idempotencyKey }) {
    const event = desk.registry.event(name);
    if (event === undefined) {
      throw new EventError(
        'MR3301',
        `The system '${desk.registry.system.name}' has no event '${name}'. It has: ${Object.keys(desk.registry.system.events).join(', ')}.`,
      );
    }
    if (failedOf(name) !== undefined) {
      throw new EventError(
        'MR3570',
        `'${name}' tells that '${failedOf(name)}' has failed, which only the engine can say: it cannot be sent.`,
      );
    }
    const text = payloadText(event, payload);
    return once(desk, tx, 'send', idempotencyKey, [name, text ?? null], () => ({
      eventId: desk.publish(tx, { event, payload: text, source: 'send' }),
    }));
  },

  start(desk, tx, asks) {
    const input = startInput(desk, asks);
    checkPriority(asks.priority);
    const metadata = encodeJson(asks.metadata);
    if (!metadata.ok) throw notJson('metadata', asks.target, metadata.problems);
    const key = asks.idempotencyKey;
    let attached = true;
    const { runId } = once(desk, tx, 'start', key, [asks.kind, asks.target, input ?? null], () => {
      if (attaches(tx, asks, input)) return { runId: asks.id };
      attached = false;
      const id = asks.id ?? newId('run', desk.clock.now(), desk.random);
      desk.create(tx, {
        id,
        kind: asks.kind,
        target: asks.target,
        input,
        metadata: metadata.value,
        priority: asks.priority,
      });
      return { runId: id };
    });
    if (asks.id !== undefined && asks.id !== runId) {
      throw new RunError(
        'MR3220',
        `The idempotency key '${key}' was used for run '${runId}', not '${asks.id}'. Use a new key for a new run.`,
        { details: { key, run: runId } },
      );
    }
    return { runId, attached };
  },

  cancel(desk, tx, { runId, reason, by }) {
    const row = knownRun(tx, runId);
    const left = isStuck(tx, row) ? ({ undone: false } as const) : {};
    const error = toErrorRecord(
      new RunError('MR3203', reason ?? `Run '${runId}' was cancelled.`, {
        details: { run: runId, ...(by === undefined ? {} : { by }) },
      }),
    );
    const accepted = desk.stop(tx, runId, { reason: 'cancel', error });
    return { runId, accepted, ...(accepted ? left : {}) };
  },

  create(desk, tx, { machine, id, context }) {
    checkId(id);
    const text = encodeJson(context);
    if (!text.ok) throw notJson('context', machine, text.problems);
    desk.instances.create(tx, { machine, id }, text.value);
    return { machine, id };
  },

  decide,
  enqueue,
  pause,
  resume,
  retry,
  fork,
  prune,
  rollback: (desk, tx, asks) => rollback(desk.instances, tx, asks),
  remove: (desk, tx, asks) => remove(desk.instances, tx, asks),
  restore: (desk, tx, asks) => restore(desk.instances, tx, asks),
};

/** Carries out a request inside a unit. What it refuses it refuses before it has written anything. */
export function answer<K extends RequestKind>(
  desk: Desk,
  tx: Tx,
  kind: K,
  asks: Requests[K]['asks'],
  ready?: Ready,
): Answer<K> {
  return answered(() => carryOut[kind](desk, tx, asks, ready));
}

/** Carries out what another process has written: it may be of another version, so nothing is believed of its shape. */
export function answerRow(desk: Desk, tx: Tx, row: Pick<InboxRow, 'kind' | 'request'>, ready?: Ready): Answer {
  return answered(() => {
    if (!Object.hasOwn(carryOut, row.kind))
      throw new OwnerError(
        'MR3404',
        `The process that drives this database does not know the request '${row.kind}'. It runs an older Millrace.`,
      );
    const kind = row.kind as RequestKind;
    return carryOut[kind](desk, tx, readAsks(kind, row.request) as never, ready);
  });
}

function answered<K extends RequestKind>(work: () => Requests[K]['gives']): Answer<K> {
  try {
    return { ok: work() };
  } catch (error) {
    if (error instanceof MillraceError && !(error instanceof StoreError) && error.fault !== 'internal')
      return { error: toErrorRecord(error) };
    throw error;
  }
}

/** Is there such a run already? */
function attaches<Asks extends Requests['start']['asks']>(
  tx: Tx,
  asks: Asks,
  input: string | undefined,
): asks is Asks & { readonly id: string } {
  const there = asks.id === undefined ? undefined : tx.runs.get(asks.id);
  if (there === undefined) return false;
  if (there.target === asks.target && there.kind === asks.kind && sameJson(there.input, input ?? null)) return true;
  throw new RunError(
    'MR3202',
    `There is a run '${there.id}' already, of ${there.kind} '${there.target}'${there.target === asks.target ? ' with another input' : ''}. Choose another id.`,
    { details: { run: there.id } },
  );
}

function startInput(desk: Desk, { kind, target, input, id }: Requests['start']['asks']): string | undefined {
  if (id !== undefined) checkRunId(id);
  const names = Object.keys(kind === 'flow' ? desk.registry.system.flows : desk.registry.system.tasks);
  const contract = kind === 'flow' ? desk.registry.flow(target)?.contract : desk.registry.task(target);
  if (contract === undefined) {
    throw new RunError(
      kind === 'flow' ? 'MR3201' : 'MR3219',
      `The system '${desk.registry.system.name}' has no ${kind} '${target}'. It has: ${names.join(', ')}.`,
    );
  }
  const encoded = encodeJson(input);
  const checked = encoded.ok ? decodeJson(contract.input, encoded.value) : encoded;
  if (encoded.ok && checked.ok) return encoded.value;
  throw new RunError('MR3206', `The input of ${kind} '${target}' is not valid: ${checked.ok ? '' : checked.problems}`, {
    details: { target },
  });
}

function once<Result>(
  desk: Desk,
  tx: Tx,
  scope: IdempotencyRow['scope'],
  key: string | undefined,
  request: unknown,
  work: () => Result,
): Result {
  if (key === undefined) return work();
  const print = hash('sha256', canonicalJson(request), 'hex');
  const known = tx.idempotency.get(scope, key);
  if (known === undefined) {
    const result = work();
    tx.idempotency.put({ scope, key, request: print, result: JSON.stringify(result), at: desk.clock.now() });
    return result;
  }
  if (known.request === print) return readColumn<Result>(`the idempotency key '${key}'`, 'result', known.result);
  const text = `The idempotency key '${key}' was used for another request. Use a new key for a new request.`;
  throw scope === 'send'
    ? new EventError('MR3303', text, { details: { key } })
    : new RunError('MR3220', text, { details: { key } });
}
