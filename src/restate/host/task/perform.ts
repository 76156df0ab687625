import type { Clock } from '../../../core/index.ts';
import { proven } from '../../../engine/index.ts';
import type { AnyTask } from '../../../flow/index.ts';
import {
  idempotencyKey,
  runAttempt,
  type AttemptOutcome,
  type AttemptRequest,
  type Logger,
  type TaskImplementation,
  type WorldPort,
} from '../../../tasks/index.ts';
import { attemptServices, cached, type KeptServices } from '../../effects/index.ts';
import { LazyServices } from './lazy-services.ts';
import type { TaskStep } from './step.ts';
import type { Try } from './try.ts';

/** What came of an attempt, and whether it has kept something that later ones can find. */
export interface Performed {
  readonly outcome: AttemptOutcome;
  readonly kept: boolean;
}

/** Makes an attempt, or takes a result that is kept for its task. `since`: when the first one began. */
export async function perform(
  step: TaskStep,
  trying: Try,
  implementation: TaskImplementation | undefined,
  since: number,
  signal: AbortSignal,
): Promise<Performed> {
  const { part, contract, input } = step;
  const { run } = part;
  const request = new Request(step, trying.attempt, implementation, since, signal);
  const once = async (): Promise<AttemptOutcome> => {
    // A model's attempt tells where it stands even if it keeps nothing.
    const before = trying.kept !== undefined || trying.again;
    if (before || contract.model !== undefined) await request.open(before);
    const outcome = await runAttempt(request);
    return contract.evidence === undefined ? outcome : request.prove(outcome);
  };
  const outcome =
    contract.policy.cache === undefined
      ? await once()
      : await cached(run.place, {
          contract,
          asked: input ?? null,
          anew: run.anew,
          signal,
          ...(contract.evidence === undefined ? {} : { prove: (made) => request.prove(made) }),
          perform: once,
        });
  return { outcome, kept: request.kept };
}

/** One attempt as it is asked for. What most attempts do not look at is made when somebody does. */
class Request implements AttemptRequest {
  readonly implementation: TaskImplementation | undefined;
  readonly contract: AnyTask;
  readonly input: unknown;
  readonly attempt: number;
  readonly runId: string;
  readonly step: string;
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly heartbeatMs?: number;
  readonly total?: { readonly until: number; readonly ms: number };
  readonly world: WorldPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly #step: TaskStep;
  #key: string | undefined;
  #lazy: LazyServices | undefined;

  constructor(
    step: TaskStep,
    attempt: number,
    code: TaskImplementation | undefined,
    since: number,
    signal: AbortSignal,
  ) {
    const { part, path, contract, policy, input } = step;
    const { id, place, anew, asks } = part.run;
    this.#step = step;
    this.implementation = code;
    this.contract = contract;
    this.input = input === undefined ? undefined : JSON.parse(input);
    this.attempt = attempt;
    this.runId = id;
    this.step = path;
    this.again = anew;
    this.signal = signal;
    this.timeoutMs = policy.timeoutMs;
    if (policy.heartbeatMs !== undefined) this.heartbeatMs = policy.heartbeatMs;
    if (policy.totalMs !== undefined) this.total = { until: since + policy.totalMs, ms: policy.totalMs };
    this.world = place.outside;
    this.clock = place.clock;
    this.logger = place.logger;
    if (asks.metadata !== undefined) this.metadata = asks.metadata;
  }

  get idempotencyKey(): string {
    return (this.#key ??= idempotencyKey(this.#step.part.run.invocation, this.step));
  }

  get services(): LazyServices {
    return (this.#lazy ??= new LazyServices(() => this.#services(false) as KeptServices));
  }

  /** Has it kept something that later ones can find? */
  get kept(): boolean {
    return this.#lazy?.made?.kept === true;
  }

  /** Makes what it keeps, before it begins. `before`: one may have been made that has kept something. */
  async open(before: boolean): Promise<void> {
    this.services.made = await this.#services(before);
  }

  /** Looks whether the world is as a result says. */
  prove(outcome: AttemptOutcome): Promise<AttemptOutcome> {
    const { contract, clock, signal, runId, step, attempt } = this;
    return proven(outcome, {
      contract,
      input: this.#step.input === undefined ? undefined : JSON.parse(this.#step.input),
      ids: { task: contract.contract, runId, step, attempt },
      world: this.#step.part.run.place.world,
      patience: { ms: this.timeoutMs, clock, signal },
      distrust: () => this.services.made?.distrust(),
    });
  }

  #services(before: boolean): KeptServices | Promise<KeptServices> {
    const { place, asks } = this.#step.part.run;
    const { root } = asks;
    const task = this.contract.contract;
    const effect = { run: this.runId, path: this.step, task, ...(root === undefined ? {} : { root }) };
    return attemptServices(place, effect, this.idempotencyKey, this.#step.input ?? null, before);
  }
}
