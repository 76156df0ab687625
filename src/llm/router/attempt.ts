import type { ModelAnswer, ModelEvent, Usage } from '../contract.ts';
import type { BudgetCall } from '../budget/budget.ts';
import type { Turn } from '../budget/line.ts';
import { ModelError } from '../errors.ts';
import type { AskOptions, CallFacts } from '../models.ts';
import { costOf } from '../money/cost.ts';
import type { Money } from '../money/money.ts';
import { modelErrorOf } from '../stream/normalise.ts';
import { noTokens } from '../usage/sum.ts';
import type { Candidate } from './candidates.ts';
import { unheeded } from './events.ts';
import type { Books } from './place.ts';
import { until, type Time } from './time.ts';

/** One request to one provider. */
export interface Attempt {
  readonly candidate: Candidate;
  readonly options: AskOptions;
  readonly books: Books;
  readonly time: Time;
  /** Ends it: who asked gave up, or the time is over. Its reason is a `ModelError`. */
  readonly over: AbortSignal;
  /** Its place among those who wait for money. */
  readonly turn?: Turn;
  /** How long it may give nothing, in ms. */
  readonly stallMs: number | undefined;
  readonly hear: (event: ModelEvent) => void;
}

/** How it ended. `cost`: what the budget has booked; nothing where no price is known. */
export interface AttemptEnd {
  readonly answer?: ModelAnswer;
  readonly error?: ModelError;
  readonly took: number;
  readonly usage: Usage;
  readonly cost?: Money;
  /** Whether anything had to be paid. */
  readonly paid: boolean;
  readonly overrun?: ModelError;
}

/**
 * Asks one provider once: sets aside what it may cost, asks, books what it did cost and records what it used, in this
 * order. When it gives its end, all of that is kept.
 *
 * @throws ModelError when the budget does not let it through; then nobody was asked.
 */
export async function attempt(one: Attempt): Promise<AttemptEnd> {
  const { candidate, options, books, time, over } = one;
  const { target, request, most } = candidate;
  const { task, run, step, agent, operation } = options;
  const id = books.newId();
  const whom = { ...some({ task, step, agent, operation }), provider: target.provider, model: target.model };
  const reservation = await books.budget.reserve({ id, ...callOf(candidate, options) }, most, one.turn);
  if (over.aborted) {
    await reservation.release();
    throw over.reason;
  }
  const { maxOutputTokens, temperature } = request;
  const facts: CallFacts = { id, ...whom, maxOutputTokens, ...some({ run, temperature }) };
  tell(books, { type: 'call.started', ...facts });
  const from = time.now();
  const heard = await listen(one, reservation.signal);
  const took = time.now() - from;
  const { answer, error, paid } = heard;

  const usage = sound(answer?.usage ?? error?.usage);
  // A refusal is a whole answer, and what it has used is known; of what broke off only a part is.
  const whole = answer?.usage ?? (error?.kind === 'refusal' ? error.usage : undefined);
  const exact = whole === undefined ? undefined : costIn(whole, candidate);
  // What is not known counts as the most that it may have been: in the books, in usage and in the answer alike.
  const cost = paid ? (exact ?? most) : undefined;
  const settled = paid ? await reservation.settle(exact) : await reservation.release();
  const used = usage ?? (paid ? guessed(candidate) : noTokens);
  if (paid) {
    try {
      await books.usage.add({
        id,
        provider: target.provider,
        model: target.model,
        ...some({ task, run, step, agent, cost }),
        usage: used,
      });
    } catch {
      // The budget has booked it. An answer that is paid is not lost for a count of it.
    }
  }
  const failed = error === undefined ? undefined : { kind: error.kind, code: error.code, message: error.message };
  tell(books, {
    type: 'call.ended',
    ...facts,
    took,
    ...some({ usage: paid ? used : undefined, cost, finish: answer?.finish, failed }),
  });
  return { took, usage: used, paid, ...some({ answer, error, cost, overrun: settled?.overrun }) };
}

/** What the budget counts a call by. */
export function callOf({ target }: Candidate, { task, run, within }: AskOptions): Omit<BudgetCall, 'id'> {
  return { provider: target.provider, model: target.model, ...some({ task, run: within ?? run }) };
}

/** The members that are there. */
export function some<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}

function tell({ told }: Books, event: Parameters<NonNullable<Books['told']>>[0]): void {
  if (told !== undefined) unheeded(() => told(event));
}

/** The cost by what the provider says that it used; nothing when that cannot be, or has no price. */
function costIn(usage: Usage, { facts }: Candidate): Money | undefined {
  try {
    return costOf(usage, facts.prices);
  } catch {
    return undefined;
  }
}

/** What cannot be is not known: a server may say anything. */
function sound(usage: Usage | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  const { input, output, cacheRead, cacheWrite } = usage;
  return [input, output, cacheRead, cacheWrite].every((tokens) => Number.isSafeInteger(tokens) && tokens >= 0)
    ? { ...usage, total: input + output }
    : undefined;
}

const guessed = ({ tokens, request }: Candidate): Usage => {
  const input = tokens - request.maxOutputTokens;
  return { input, output: 0, cacheRead: 0, cacheWrite: 0, total: input, estimated: true };
};

type Heard = { readonly paid: boolean } & (
  | { readonly answer: ModelAnswer; readonly error?: never }
  | { readonly error: ModelError; readonly answer?: never }
);

/** Reads to the end, whether or not the provider heeds the signal. */
async function listen({ candidate, time, over, stallMs, hear }: Attempt, overrun: AbortSignal): Promise<Heard> {
  const { target, request } = candidate;
  const { provider, model } = target;
  const failed = (thrown: unknown, begun: boolean): ModelError =>
    modelErrorOf(thrown, { provider, model, begun, now: time.now() });
  // Whoever heard that it begins may have called it off: then nobody is asked.
  if (over.aborted || overrun.aborted)
    return { error: failed(over.aborted ? over.reason : overrun.reason, false), paid: false };
  const ending = new AbortController();
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => {});
  const end = (reason: unknown): void => {
    gone.reject(reason);
    ending.abort(reason);
  };
  const leave = (): void => end(over.aborted ? over.reason : overrun.reason);
  over.addEventListener('abort', leave, { once: true });
  overrun.addEventListener('abort', leave, { once: true });
  const watch = watchFor(stallMs, time, () => end(stalled(target, stallMs ?? 0)));
  let begun = false;
  let events: AsyncIterator<ModelEvent> | undefined;
  try {
    events = target.upstream.provider.ask(request, { signal: ending.signal })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([events.next(), gone.promise]);
      if (next.done === true) throw endless(target);
      watch.touch();
      begun = true;
      if (next.value.type === 'end' && !isAnswer(next.value.answer)) throw empty(target);
      hear(next.value);
      if (next.value.type === 'end') return { answer: next.value.answer, paid: true };
    }
  } catch (thrown) {
    // Why it was ended counts, whatever the provider makes of it.
    const error = failed(ending.signal.aborted ? ending.signal.reason : thrown, begun);
    // One that was broken off here was under way, whatever the reason.
    return { error, paid: error.mayHaveCost || ending.signal.aborted };
  } finally {
    watch.stop();
    over.removeEventListener('abort', leave);
    overrun.removeEventListener('abort', leave);
    // Not waited for: what hangs may hang here, too, and what throws says nothing of the answer.
    unheeded(() => events?.return?.());
  }
}

/** Providers of users may be written without types. */
const isAnswer = (answer: ModelAnswer | null | undefined): boolean =>
  typeof answer?.text === 'string' && Array.isArray(answer.toolCalls);

function watchFor(stallMs: number | undefined, time: Time, stall: () => void) {
  if (stallMs === undefined) return { touch: () => {}, stop: () => {} };
  const stopped = new AbortController();
  let last = time.now();
  const look = async (): Promise<void> => {
    while (time.now() < last + stallMs) await until(time, last + stallMs, stopped.signal);
    stall();
  };
  look().catch(() => {});
  return { touch: () => void (last = time.now()), stop: () => stopped.abort() };
}

interface Named {
  readonly provider: string;
  readonly model: string;
}

const stalled = ({ provider, model }: Named, ms: number): ModelError =>
  new ModelError(`${provider} (${model}): nothing came for ${ms} ms.`, { kind: 'timeout', provider, model });

const endless = ({ provider, model }: Named): ModelError =>
  new ModelError(`${provider} (${model}): the answer ended without its end.`, { kind: 'truncated', provider, model });

const empty = ({ provider, model }: Named): ModelError =>
  new ModelError(`${provider} (${model}): what it gave as its answer is none.`, {
    kind: 'server',
    code: 'MR4015',
    provider,
    model,
    mayHaveCost: true,
  });
