import { hash } from 'node:crypto';
import type { AttemptServices, OnceCall, ToolCall } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import type { Loaded, Saved } from './kept.ts';
import { onceOf } from './once.ts';
import { noteRoot } from './roots.ts';
import { checkSize } from './size.ts';
import { stepObject, type EffectStep } from './step.ts';
import { toolsOf } from './tool.ts';

/** What one attempt of a step keeps. */
export interface KeptServices extends AttemptServices {
  /**
   * Is there something that later attempts of the step can find? To be recorded with the attempt: those are made `again`,
   * and the end of the step forgets it.
   */
  readonly kept: boolean;
  /** Trusts nothing that the step has kept: the world is not as its result says. */
  distrust(): void;
}

/**
 * What an attempt of a step keeps. `key`: the idempotency key of the step. `asked`: the JSON text of its input. `again`: may
 * an attempt have been made that has kept something, in this invocation or in a process that died? Else nothing is asked of
 * the server until the attempt itself keeps something.
 */
export function attemptServices(
  place: Place,
  step: EffectStep,
  key: string,
  asked: string | null,
  again: boolean,
): KeptServices | Promise<KeptServices> {
  if (step.root !== undefined) noteRoot(step.run, step.root);
  const services = new StepEffects(place, step, key, asked);
  return again ? services.load() : services;
}

/** What is to be dropped first before an object is read again, by its key. */
const dropping = new Map<string, Promise<unknown>>();

class StepEffects implements KeptServices {
  kept = false;
  readonly #place: Place;
  readonly #step: EffectStep;
  readonly #key: string;
  readonly #for: string;
  readonly #object: string;
  #state: string | undefined;
  /** The keys of tools whose results are kept. */
  readonly #known = new Set<string>();
  #running: Map<string, Promise<unknown>> | undefined;

  constructor(place: Place, step: EffectStep, key: string, asked: string | null) {
    this.#place = place;
    this.#step = step;
    this.#key = key;
    this.#for = hash('sha256', `${key} ${asked ?? ''}`, 'hex');
    this.#object = stepObject(step, key);
  }

  async load(): Promise<this> {
    await dropping.get(this.#object);
    const { saved, tools } = (await this.#call('load')) as Loaded;
    this.kept = saved !== undefined || tools.length > 0;
    if (saved?.for === this.#for) this.#state = saved.state;
    for (const key of tools) this.#known.add(key);
    return this;
  }

  state(): string | undefined {
    return this.#state;
  }

  async checkpoint(state: string): Promise<void> {
    checkSize(`The state of step '${this.#step.path}'`, state);
    this.kept = true;
    this.#state = state;
    await this.#call('save', { for: this.#for, state } satisfies Saved);
  }

  tool(signal: AbortSignal): ToolCall {
    const { task, path } = this.#step;
    return toolsOf(
      {
        task,
        path,
        key: this.#key,
        known: this.#known,
        running: (this.#running ??= new Map()),
        now: () => this.#place.clock.now(),
        call: (handler, body) => {
          this.kept = true;
          return this.#call(handler, body);
        },
      },
      signal,
    );
  }

  once(signal: AbortSignal): OnceCall {
    return onceOf(this.#place, signal, this.#step);
  }

  distrust(): void {
    this.#state = undefined;
    this.#known.clear();
    if (!this.kept) return;
    const done = this.#call('distrust').catch(() => {});
    const object = this.#object;
    dropping.set(object, done);
    void done.finally(() => {
      if (dropping.get(object) === done) dropping.delete(object);
    });
  }

  #call(handler: string, body?: unknown): Promise<unknown> {
    const { ingress, names } = this.#place;
    return ingress.call({
      service: names.effects,
      key: this.#object,
      handler,
      ...(body === undefined ? {} : { body }),
    });
  }
}
