import { type Registry, policyOf, toolPath, proven, notBefore } from '../../engine/index.ts';
import { waitUntil } from '../../core/wait-until.ts';
import type { AnyTask } from '../../flow/index.ts';
import type { Tx } from '../../store/index.ts';
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
  type EmittedEvent,
  type EvidenceWorld,
  type Logger,
  type StepPolicy,
  type Toolbox,
  type ToolRun,
  type WorldPort,
} from '../../tasks/index.ts';
import { type Asker, type Perform } from '../attempts/index.ts';
import { StepServices } from '../host/task/services.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { turnOf, type Turn } from './turn.ts';

/** What a toolbox needs of the process that it is in. */
export interface ToolPlace {
  readonly place: LedgerPlace;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly world: EvidenceWorld;
  /** What tasks reach through their context. */
  readonly outside: WorldPort;
  readonly random: () => number;
  /** Makes attempts, each when its turn has come. */
  readonly attempt: (
    request: AttemptRequest,
    by: Asker,
    settle?: (outcome: AttemptOutcome) => Promise<AttemptOutcome>,
  ) => ReturnType<Perform>;
  /** The run for which something is done, where it is in memory. */
  readonly run: (id: string) => Asker | undefined;
  /** Publishes what a tool has emitted. */
  readonly publish: (tx: Tx, event: EmittedEvent, source: string, key: string) => void;
}

/** The tools of tasks that models perform: other tasks, with their own tries, times and limits. */
export function toolboxOf(around: ToolPlace): Toolbox {
  return {
    find: (name) => around.registry.task(name),
    run: async (asked) => {
      const { runId = '', step = '', attempt = 1 } = asked.asking;
      const turn = turnOf(around.run(runId), { step, attempt });
      try {
        return await tries(around, asked, turn);
      } catch (error) {
        // What came of it could not be written.
        return { ok: false, error: toTaskError(error, { ...asked.asking, task: asked.contract.contract }) };
      } finally {
        turn.end();
      }
    },
  };
}

async function tries(around: ToolPlace, asked: ToolRun, by: Turn): Promise<AttemptOutcome> {
  const { contract, idempotencyKey: key, signal, asking } = asked;
  const { place, random } = around;
  const { clock } = place;
  const path = toolPath(asking.step ?? '', asked.place);
  const policy = stepPolicy(policyOf(contract));
  const since = clock.now();
  const ids = (attempt: number): AttemptIds => ({
    task: contract.contract,
    ...(asking.runId === undefined ? {} : { runId: asking.runId }),
    step: path,
    attempt,
  });
  const input = encodeJson(asked.input);
  if (!input.ok) return { ok: false, error: new TaskInputError(input.problems, ids(0)) };
  const step = { run: asking.runId ?? '', path, task: contract.contract };
  const services = new StepServices(place, step, key, input.value ?? null, true);
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(around, asked, {
      contract,
      policy,
      path,
      services,
      since,
      attempt,
      ids: ids(attempt),
      by,
    });
    if (outcome.ok) {
      await place.write((tx) => {
        services.forget(tx);
        for (const [index, event] of outcome.emitted.entries())
          around.publish(tx, event, `run ${step.run} ${path}`, `tool ${key} ${index}`);
      });
      return outcome;
    }
    if (signal.aborted || !outcome.error.retryable || attempt >= policy.attempts) return outcome;
    const now = clock.now();
    const until = Math.max(now + retryDelay(policy.retry, attempt, random), notBefore(outcome.error, now));
    if (policy.totalMs !== undefined && until >= since + policy.totalMs)
      return { ok: false, error: new TotalTimeoutError(policy.totalMs, ids(attempt), outcome.error) };
    await by.waiting(() => waitUntil(clock, until, signal));
  }
}

interface Try {
  readonly contract: AnyTask;
  readonly policy: StepPolicy;
  readonly path: string;
  readonly services: StepServices;
  readonly since: number;
  readonly attempt: number;
  readonly ids: AttemptIds;
  readonly by: Turn;
}

async function once(
  { place, registry, logger, world, outside, attempt: make }: ToolPlace,
  { signal, asking, again = false, input, idempotencyKey }: ToolRun,
  { contract, policy, path, services, since, attempt, ids, by }: Try,
): Promise<AttemptOutcome> {
  const request: AttemptRequest = {
    implementation: registry.implementations.get(contract.contract),
    contract,
    input,
    attempt,
    runId: asking.runId ?? '',
    step: path,
    idempotencyKey,
    again,
    signal,
    timeoutMs: policy.timeoutMs,
    services,
    world: outside,
    ...(policy.heartbeatMs === undefined ? {} : { heartbeatMs: policy.heartbeatMs }),
    ...(policy.totalMs === undefined ? {} : { total: { until: since + policy.totalMs, ms: policy.totalMs } }),
    clock: place.clock,
    logger,
  };
  const settle = (outcome: AttemptOutcome): Promise<AttemptOutcome> =>
    proven(outcome, {
      contract,
      input,
      ids,
      world,
      patience: { ms: policy.timeoutMs, clock: place.clock, signal },
      distrust: () => void place.write((tx) => services.distrust(tx)).catch(() => {}),
    });
  const outcome = await make(request, by, contract.evidence === undefined ? undefined : settle);
  return outcome ?? { ok: false, error: new TaskCancelledError(ids, signal.reason) };
}
