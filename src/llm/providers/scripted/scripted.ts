import { systemScheduler, type Scheduler } from '../../../core/index.ts';
import type { ModelAnswer, ModelEvent, ModelRequest, Provider, ToolCall, Usage } from '../../contract.ts';
import { ModelError, type ModelErrorKind } from '../../errors.ts';

/** What a scripted provider does when it is asked. */
export type ScriptedTurn =
  | string
  | {
      /** The text of the answer; a list comes in pieces. */
      readonly text?: string | readonly string[];
      /** The answer is this as JSON. */
      readonly json?: unknown;
      /** Tools that it asks to have called. */
      readonly toolCalls?: readonly ToolCall[];
      readonly usage?: Partial<Omit<Usage, 'total'>>;
      /** The answer ends for want of tokens. */
      readonly cutAtLimit?: boolean;
      /** How long it takes before the first piece and between pieces, in ms. */
      readonly delayMs?: number;
      /** Fails so, after the pieces that are given. */
      readonly fails?: Exclude<ModelErrorKind, 'budget'>;
      readonly retryAfterMs?: number;
      readonly message?: string;
    };

/** Options of a scripted provider. */
export interface ScriptedProviderOptions {
  /** `scripted` when left out. */
  readonly name?: string;
  readonly scheduler?: Scheduler;
}

/** A provider that answers what a script says, and knows what it was asked. */
export interface ScriptedProvider extends Provider {
  /** What it was asked, in order. */
  readonly asked: readonly ModelRequest[];
}

/**
 * A provider for tests: it answers with the turns of a list, one after the other, or with what a function gives. When
 * the list is over, being asked is an error (MR4017): it never makes anything up.
 *
 * @example
 * ```ts
 * import { collect, scriptedProvider } from 'millrace/llm';
 *
 * const provider = scriptedProvider([{ fails: 'overloaded' }, { json: { city: 'Paris' } }]);
 * const request = { model: 'm', maxOutputTokens: 20, messages: [{ role: 'user', text: 'Where?' }] } as const;
 * await collect(provider.ask(request)).catch((error) => error.kind); // 'overloaded'
 * (await collect(provider.ask(request))).text; // '{"city":"Paris"}'
 * ```
 */
export function scriptedProvider(
  script: readonly ScriptedTurn[] | ((request: ModelRequest, call: number) => ScriptedTurn | Promise<ScriptedTurn>),
  options: ScriptedProviderOptions = {},
): ScriptedProvider {
  const name = options.name ?? 'scripted';
  const scheduler = options.scheduler ?? systemScheduler;
  const asked: ModelRequest[] = [];

  const turnOf = async (request: ModelRequest, call: number): Promise<ScriptedTurn> => {
    if (typeof script === 'function') return await script(request, call);
    const turn = script[call];
    if (turn !== undefined) return turn;
    throw new ModelError(
      `The scripted provider '${name}' has ${script.length === 1 ? '1 turn' : `${script.length} turns`} and is asked once more. Give it another, or a function, which is asked each time.`,
      { kind: 'badRequest', code: 'MR4017', provider: name, model: request.model },
    );
  };

  async function* ask(
    request: ModelRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ModelEvent> {
    const about = { provider: name, model: request.model };
    const given = await turnOf(request, asked.push(request) - 1);
    const turn = typeof given === 'string' ? { text: given } : given;
    const whole = answerTo(request, turn, name);
    const pieces = typeof turn.text === 'string' || turn.text === undefined ? [whole.text] : turn.text;
    const goesOn = async (): Promise<void> => {
      if (turn.delayMs !== undefined) await delay(turn.delayMs, scheduler, signal);
      if (signal?.aborted === true)
        throw new ModelError('The request was called off.', { kind: 'aborted', ...about, cause: signal.reason });
    };
    await goesOn();
    for (const [at, text] of pieces.entries()) {
      if (at > 0) await goesOn();
      if (text !== '') yield { type: 'text', text };
    }
    if (turn.fails !== undefined)
      throw new ModelError(turn.message ?? `The script says so: ${turn.fails}.`, {
        kind: turn.fails,
        ...about,
        ...(turn.retryAfterMs === undefined ? {} : { retryAfterMs: turn.retryAfterMs }),
      });
    for (const call of whole.toolCalls) yield { type: 'toolCall', call };
    yield { type: 'end', answer: whole };
  }

  return { name, readiness: { ready: true }, asked, ask, check: async () => {} };
}

function answerTo(request: ModelRequest, turn: Exclude<ScriptedTurn, string>, provider: string): ModelAnswer {
  const text = turn.json === undefined ? [turn.text ?? ''].flat().join('') : JSON.stringify(turn.json);
  const toolCalls = turn.toolCalls ?? [];
  const { input = 10, output = 5, cacheRead = 0, cacheWrite = 0 } = turn.usage ?? {};
  return {
    text,
    toolCalls,
    usage: { input, output, cacheRead, cacheWrite, total: input + output },
    finish: turn.cutAtLimit === true ? 'length' : toolCalls.length > 0 ? 'toolCalls' : 'stop',
    provider,
    model: request.model,
  };
}

function delay(ms: number, scheduler: Scheduler, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      callOff();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const callOff = scheduler.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}
