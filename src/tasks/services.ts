import type { Duration } from '../core/index.ts';
import { TaskError } from './errors.ts';
import { encodeJson } from './json.ts';

/** What an effect gets that is to happen once. */
export interface EffectScope {
  readonly signal: AbortSignal;
  /** Stays the same when the effect is tried again: hand it to the outside world. */
  readonly idempotencyKey: string;
}

/** A result, and whether it is that of an earlier time. */
export interface Replayable<T> {
  readonly output: T;
  readonly replayed: boolean;
}

export interface ToolOptions {
  /** Runs the tool even when its result is known; the new result is kept. */
  readonly force?: boolean;
  /** Gives failures again, too: results whose `exitCode` is not 0, and what was thrown. */
  readonly replayErrors?: boolean;
}

/** Runs a tool, or gives the result that it had in this step before. */
export type ToolCall = <T>(
  name: string,
  args: unknown,
  run: (scope: EffectScope) => T | Promise<T>,
  options?: ToolOptions,
) => Promise<Replayable<T>>;

export interface OnceOptions {
  /** How long the result is known. Default 24h. */
  readonly ttl?: Duration;
  /** How long whoever has begun may be silent before another begins, in real time. Default 30s; it is renewed meanwhile. */
  readonly lease?: Duration;
  /** Waits for whoever has begun. Default true; else it is refused with MR3136. */
  readonly wait?: boolean;
}

/** Does something once for a key, whoever asks: other steps, runs and processes get the same result. */
export type OnceCall = <T>(
  key: string,
  request: unknown,
  run: (scope: EffectScope) => T | Promise<T>,
  options?: OnceOptions,
) => Promise<Replayable<T>>;

/** Where an attempt keeps what outlives it: the engine's part of a task's context. */
export interface AttemptServices {
  /** The JSON text of what was saved last. */
  state(): string | undefined;
  /** Resolves when it is durable. */
  checkpoint(state: string): Promise<void>;
  tool(signal: AbortSignal): ToolCall;
  once(signal: AbortSignal): OnceCall;
  /** Hears of each sign of life. */
  heartbeat?(details: unknown): void;
}

/** What an attempt has without an engine: nothing outlives it. */
export function transientServices(idempotencyKey: string): AttemptServices {
  let saved: string | undefined;
  const effect =
    (signal: AbortSignal) =>
    async <T>(name: string, _asked: unknown, run: (scope: EffectScope) => T | Promise<T>): Promise<Replayable<T>> => {
      const output = encodeJson(await run({ signal, idempotencyKey: `${idempotencyKey} ${name}` }));
      if (!output.ok) throw new TaskError(`'${name}' gave what is no JSON: ${output.problems}.`, notJson(name));
      return { output: (output.value === undefined ? undefined : JSON.parse(output.value)) as T, replayed: false };
    };
  return {
    state: () => saved,
    checkpoint: (state) => {
      saved = state;
      return Promise.resolve();
    },
    tool: effect,
    once: effect,
  };
}

const notJson = (name: string) => ({ code: 'MR3138', retryable: false, ids: { task: name } }) as const;
