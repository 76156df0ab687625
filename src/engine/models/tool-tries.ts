import { waitUntil } from '../../core/wait-until.ts';
import type { Clock } from '../../core/index.ts';
import {
  encodeJson,
  retryDelay,
  stepPolicy,
  TaskCancelledError,
  TaskInputError,
  toTaskError,
  TotalTimeoutError,
  type AttemptIds,
  type AttemptOutcome,
  type AttemptRequest,
  type AttemptServices,
  type EmittedEvent,
  type EvidenceWorld,
  type Logger,
  type ToolRun,
  type WorldPort,
} from '../../tasks/index.ts';
import { notBefore } from '../not-before.ts';
import { proven } from '../proven.ts';
import type { Registry } from '../registry.ts';
import { policyOf } from './policy.ts';
import { toolPath } from './tool-path.ts';

/** A tool at its place in a conversation. */
export interface ToolAt {
  readonly run: string;
  /** Below the step whose model calls it. */
  readonly path: string;
  readonly task: string;
  /** The idempotency key of its tries. */
  readonly key: string;
}

/** Where tools are done: an engine, in one of its processes. */
export interface ToolRoom<Services extends AttemptServices> {
  readonly clock: Clock;
  readonly random: () => number;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly world: EvidenceWorld;
  /** What tasks reach through their context. */
  readonly outside: WorldPort;
  /** `asked`: the JSON text of the input. */
  services(at: ToolAt, asked: string | null): Services | Promise<Services>;
  /** Makes an attempt when its turn has come. Undefined: it will never come. */
  attempt(
    request: AttemptRequest,
    settle?: (outcome: AttemptOutcome) => Promise<AttemptOutcome>,
  ): Promise<AttemptOutcome | undefined>;
  /** Waits for time. */
  waiting(work: () => Promise<void>): Promise<void>;
  /** The world is not as the tool has said: nothing is trusted that it has kept. */
  distrust(services: Services): void;
  /** It has given something: what its tries kept can go, and what it has emitted is published. */
  done(at: ToolAt, services: Services, emitted: readonly EmittedEvent[]): Promise<unknown>;
}

/** Does a task that a model calls, with all the tries that its policy allows. Never rejects. */
export async function toolTries<Services extends AttemptServices>(
  room: ToolRoom<Services>,
  asked: ToolRun,
): Promise<AttemptOutcome> {
  try {
    return await tries(room, asked);
  } catch (error) {
    // What came of it could not be written.
    return { ok: false, error: toTaskError(error, { ...asked.asking, task: asked.contract.contract }) };
  }
}

async function tries<Services extends AttemptServices>(
  room: ToolRoom<Services>,
  asked: ToolRun,
): Promise<AttemptOutcome> {
  const { contract, idempotencyKey: key, signal, asking, again = false } = asked;
  const { clock, random, registry, logger, world, outside } = room;
  const path = toolPath(asking.step ?? '', asked.place);
  const policy = stepPolicy(policyOf(contract));
  const since = clock.now();
  const idsOf = (attempt: number): AttemptIds => ({
    task: contract.contract,
    ...(asking.runId === undefined ? {} : { runId: asking.runId }),
    step: path,
    attempt,
  });
  const input = encodeJson(asked.input);
  if (!input.ok) return { ok: false, error: new TaskInputError(input.problems, idsOf(0)) };
  const at: ToolAt = { run: asking.runId ?? '', path, task: contract.contract, key };
  const services = await room.services(at, input.value ?? null);
  for (let attempt = 1; ; attempt++) {
    const ids = idsOf(attempt);
    const request: AttemptRequest = {
      implementation: registry.implementations.get(contract.contract),
      contract,
      input: asked.input,
      attempt,
      runId: asking.runId ?? '',
      step: path,
      idempotencyKey: key,
      again,
      signal,
      timeoutMs: policy.timeoutMs,
      services,
      world: outside,
      ...(policy.heartbeatMs === undefined ? {} : { heartbeatMs: policy.heartbeatMs }),
      ...(policy.totalMs === undefined ? {} : { total: { until: since + policy.totalMs, ms: policy.totalMs } }),
      clock,
      logger,
    };
    const settle = (outcome: AttemptOutcome): Promise<AttemptOutcome> =>
      proven(outcome, {
        contract,
        input: asked.input,
        ids,
        world,
        patience: { ms: policy.timeoutMs, clock, signal },
        distrust: () => room.distrust(services),
      });
    const outcome = (await room.attempt(request, contract.evidence === undefined ? undefined : settle)) ?? {
      ok: false,
      error: new TaskCancelledError(ids, signal.reason),
    };
    if (outcome.ok) {
      await room.done(at, services, outcome.emitted);
      return outcome;
    }
    if (signal.aborted || !outcome.error.retryable || attempt >= policy.attempts) return outcome;
    const now = clock.now();
    const until = Math.max(now + retryDelay(policy.retry, attempt, random), notBefore(outcome.error, now));
    if (policy.totalMs !== undefined && until >= since + policy.totalMs)
      return { ok: false, error: new TotalTimeoutError(policy.totalMs, ids, outcome.error) };
    await room.waiting(() => waitUntil(clock, until, signal));
  }
}
