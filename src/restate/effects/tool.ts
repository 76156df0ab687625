import { given, isGoodResult, outcomeOf, requestHash, type Outcome } from '../../engine/index.ts';
import type { Replayable, ToolCall } from '../../tasks/index.ts';
import type { KeepAsks } from './kept.ts';
import { checkSize } from './size.ts';

/** The step in which tools are used, and what is known of it. */
interface ToolPlace {
  readonly task: string;
  readonly path: string;
  /** Of the step: another one when its run was begun anew. */
  readonly key: string;
  /** The keys of results that are kept. */
  readonly known: Set<string>;
  readonly running: Map<string, Promise<unknown>>;
  readonly now: () => number;
  readonly call: (handler: string, body: unknown) => Promise<unknown>;
}

/**
 * Runs a tool and keeps the result under the key of the step, the tool and its arguments, or gives the result that is kept.
 * Of equal calls at the same moment one runs.
 */
export function toolsOf(place: ToolPlace, signal: AbortSignal): ToolCall {
  const { known, running } = place;
  return async <T>(...[name, args, run, options = {}]: Parameters<ToolCall>): Promise<Replayable<T>> => {
    const request = requestHash(name, args);
    const key = requestHash(place.key, request);
    const same = options.force === true ? undefined : running.get(key);
    if (same !== undefined) return same as Promise<Replayable<T>>;
    const kept = options.force !== true && known.has(key);
    const make = (): Promise<Replayable<T>> =>
      execute<T>(key, request, name, () => run({ signal, idempotencyKey: key }));
    const doing = kept ? replayed<T>(key, options.replayErrors === true).then((found) => found ?? make()) : make();
    running.set(key, doing);
    try {
      return await doing;
    } finally {
      running.delete(key);
    }
  };

  async function replayed<T>(key: string, errors: boolean): Promise<Replayable<T> | undefined> {
    const text = await place.call('replay', { key, errors });
    return typeof text === 'string' ? { output: given<T>(JSON.parse(text) as Outcome), replayed: true } : undefined;
  }

  async function execute<T>(key: string, request: string, name: string, run: () => unknown): Promise<Replayable<T>> {
    const { text, thrown } = await outcomeOf(name, run);
    const outcome = JSON.parse(text) as Outcome;
    // What comes after the end of its attempt is ignored, like the result of the attempt.
    if (!signal.aborted) {
      checkSize(`What '${name}' gave in step '${place.path}'`, text);
      const status = isGoodResult(outcome) ? 'succeeded' : 'failed';
      const row = { tool: name, task: place.task, request, status, created: place.now() } as const;
      await place.call('keep', { key, row, text } satisfies KeepAsks);
      known.add(key);
    }
    return { output: given<T>(outcome, thrown), replayed: false };
  }
}
