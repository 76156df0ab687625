import { Registry } from '../../engine/index.ts';
import type {
  CreateOptions,
  DecideAsks,
  DecideGives,
  FlowResult,
  InstanceView,
  PauseAsks,
  PauseGives,
  RetryAsks,
  RetryGives,
  RollbackGives,
  SendOptions,
  SendResult,
  StartOptions,
  StartResult,
  TaskResult,
} from '../../runtime/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { sendEvent } from '../events/index.ts';
import { cancel, type CancelGives } from './cancel.ts';
import { decide } from './decisions.ts';
import type { FullDesk } from './desk.ts';
import { ask, create } from './instances.ts';
import { pause, resume } from './pause.ts';
import { RestateReader, type RestateClientOptions } from './reader.ts';
import { ended, flowResult, taskResult } from './result.ts';
import { retry } from './retry.ts';
import { start } from './start.ts';

/**
 * Asks a system that runs on Restate: the counterpart of `ReactiveSystemRuntime` and `Client`, with the same views. All of
 * it is asked of the server, so everything is a promise; it needs the contracts of the system, and none of its code runs
 * here. What Restate cannot do is refused with MR5230, which says what to do instead; while the server cannot be reached
 * all of it is tried again, then it fails with MR5210.
 *
 * @example
 * ```ts
 * import { RestateClient } from 'millrace/restate';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * declare const system: BoundSystem;
 * const client = new RestateClient(system, { ingress: 'http://127.0.0.1:8080', admin: 'http://127.0.0.1:9070' });
 * const { output } = await client.executeFlow('fulfilOrder', { orderId: 'A1' }, { id: 'order-A1' });
 * await client.close();
 * ```
 */
export class RestateClient extends RestateReader {
  readonly role = 'client';
  readonly #desk: FullDesk;
  readonly #registry: Registry;

  constructor(system: BoundSystem, options: RestateClientOptions) {
    const { name, flows, tasks, machines } = system;
    const declared = { flows: Object.keys(flows), tasks: Object.keys(tasks), machines: Object.keys(machines) };
    super({ name, ...declared }, options);
    this.#registry = new Registry(system);
    this.#desk = { ...this.desk, system };
  }

  /**
   * Starts a flow and resolves when the server has it. With the `id` of a run of the same flow and input it attaches to it.
   *
   * @throws RunError MR3201, MR3202, MR3206, MR3218, MR3220.
   */
  start(name: string, input?: unknown, options: StartOptions = {}): Promise<StartResult> {
    return start(this.#desk, { kind: 'flow', target: name, input, options });
  }

  /**
   * Runs a flow and waits for its end. Aborting the signal cancels the run. A failing flow does not throw: see `success`
   * and `error`.
   */
  async executeFlow(
    name: string,
    input?: unknown,
    options: StartOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<FlowResult> {
    const { signal, ...asks } = options;
    const { runId } = await this.start(name, input, asks);
    if (signal === undefined) return this.result(runId);
    const stop = (): void => void this.cancel(runId).catch(() => {});
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.result(runId);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Runs one task to its end, as a durable run of one step. @throws RunError MR3219, MR3206. */
  async executeTask(name: string, input?: unknown, options: StartOptions = {}): Promise<TaskResult> {
    const { runId } = await start(this.#desk, { kind: 'task', target: name, input, options });
    return taskResult(this.#desk, await ended(this.#desk, runId, undefined));
  }

  /**
   * Waits for the end of a run, over restarts of the server, or until it is blocked. Aborting the signal ends the wait.
   *
   * @throws RunError MR3208 unknown run, MR3223 the wait was given up.
   */
  async result(runId: string, options: { readonly signal?: AbortSignal } = {}): Promise<FlowResult> {
    return flowResult(this.#desk, await ended(this.#desk, runId, options.signal));
  }

  /**
   * Publishes an event and resolves when everybody who is there for it has it.
   *
   * @throws EventError MR3301 unknown event, MR3302 invalid payload, MR3303 the key was used for something else.
   */
  sendEvent(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return sendEvent(
      this.#desk.handlers,
      { names: this.#desk.names, registry: this.#registry },
      name,
      payload,
      options,
    );
  }

  /** `sendEvent`. */
  send(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return this.sendEvent(name, payload, options);
  }

  /**
   * Lets a run, and the flows that it runs, begin nothing more. Attempts under way end; until then its status is `running`.
   *
   * @throws RunError MR3208 unknown run, MR3250 it has ended, is about to, or is blocked.
   */
  pause(runId: string, options: Omit<PauseAsks, 'runId'> = {}): Promise<PauseGives> {
    return pause(this.#desk, { runId, ...options });
  }
  /** Goes on with a paused run, and with the flows that it runs. @throws RunError MR3208, MR3251 it is not paused. */
  resume(runId: string): Promise<PauseGives> {
    return resume(this.#desk, runId);
  }
  /**
   * Cancels a run: attempts are aborted, finished steps undone. `accepted` is false when it had ended before; `undone:
   * false`: it was blocked, so that what it did stays as it is.
   */
  cancel(runId: string, options: { readonly reason?: string; readonly by?: string } = {}): Promise<CancelGives> {
    return cancel(this.#desk, runId, options);
  }
  /**
   * Does what failed again, or a step and what came after it, whatever ran beside it, with the newest deployment.
   *
   * @throws RunError MR3208 unknown run, MR3252 it is completed or cancelled, MR3253 nothing of it has failed, MR3254 no such
   * step, MR3257 the run above has gone on. RestateError MR5230 for another input; MR5232.
   */
  retry(runId: string, options: Omit<RetryAsks, 'runId'> = {}): Promise<RetryGives> {
    return retry(this.#desk, { runId, ...options });
  }

  /** A person's word on a step that waits for one. @throws RunError MR3208, MR3232, MR3233, MR3234. */
  decide(runId: string, step: string, said: Omit<DecideAsks, 'runId' | 'step'>): Promise<DecideGives> {
    return decide(this.#desk, { runId, step, ...said });
  }
  /** Creates a machine instance. @throws EventError MR3304 unknown machine, MR3305 it exists, MR3307 invalid context. */
  create(machine: string, options: CreateOptions): Promise<InstanceView> {
    return create(this.#desk, machine, options);
  }
  /** Puts an instance where it stood after an earlier entry of its history, by default the one before. */
  rollback(
    machine: string,
    id: string,
    options: { readonly to?: number; readonly fromFinal?: boolean } = {},
  ): Promise<RollbackGives> {
    return ask(this.#desk, machine, id, 'rollback', options);
  }
  /** Removes an instance with its history. @throws EventError MR3306 none; MR3360 it has not ended, without `force`. */
  async removeInstance(machine: string, id: string, options: { readonly force?: boolean } = {}): Promise<void> {
    await ask(this.#desk, machine, id, 'remove', options);
  }
}
