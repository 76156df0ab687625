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
import { notBefore, type Asker, type Perform } from '../attempts/index.ts';
import { proven } from '../evidence/prove.ts';
import { StepServices } from '../host/task/services.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import type { Registry } from '../registry.ts';
import { policyOf } from './policy.ts';
import { toolPath } from './tool-path.ts';

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
    await by.waiting(() => rest(place.clock, until, signal));
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
  { signal, asking, input, idempotencyKey }: ToolRun,
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

/** Whoever asks for a tool: it is made within an attempt that has its place already. */
interface Turn extends Asker {
  /** Waits for time. */
  waiting(work: () => Promise<void>): Promise<void>;
  end(): void;
}

interface Waits {
  working: number;
  waiting: number;
  /** Is the run told that this step waits? */
  told: boolean;
}

const waits = new WeakMap<Asker, Map<string, Waits>>();

/**
 * Its run is told when a step only waits for tools that wait for their turn, so that nobody takes it to be at work. A step
 * may wait for several tools at a time.
 */
function turnOf(run: Asker | undefined, within: NonNullable<Asker['within']>): Turn {
  const { step } = within;
  const ofRun = (run && waits.get(run)) ?? new Map<string, Waits>();
  if (run !== undefined) waits.set(run, ofRun);
  const shared = ofRun.get(step) ?? { working: 0, waiting: 0, told: false };
  ofRun.set(step, shared);
  let mine = 0;
  const tell = (): void => {
    const told = shared.working === 0 && shared.waiting > 0;
    if (run !== undefined && told !== shared.told) run.queued += told ? 1 : -1;
    shared.told = told;
  };
  const wait = (by: number): void => {
    mine += by;
    shared.waiting += by;
    shared.working -= by;
    tell();
  };
  shared.working++;
  tell();
  return {
    id: run?.id ?? '',
    row: run?.row ?? { priority: 0 },
    within,
    held: false,
    get dead() {
      return run?.dead ?? false;
    },
    attempting: 0,
    get queued() {
      return mine;
    },
    set queued(count) {
      wait(count - mine);
    },
    async waiting(work) {
      wait(1);
      try {
        await work();
      } finally {
        wait(-1);
      }
    },
    end() {
      wait(-mine);
      shared.working--;
      tell();
      if (shared.working + shared.waiting === 0) ofRun.delete(step);
    },
  };
}

function rest(clock: LedgerPlace['clock'], until: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      off();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const off = clock.at(until, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
