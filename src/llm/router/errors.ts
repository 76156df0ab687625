import { MillraceError } from '../../core/index.ts';
import type { Asked } from '../models.ts';
import { ModelError, type ModelErrorKind, type ModelErrorOptions } from '../errors.ts';

/** Who is meant in an error that no provider has given. */
const router = 'router';

/** What a request asked for, by which its errors name it. */
export interface Wanted {
  /** `claude-haiku-5-5`, or `the role fast`. */
  readonly name: string;
  /** Who is there to be asked, in words. */
  readonly among?: () => string;
}

/** Why somebody cannot be asked. */
export interface Unfit {
  readonly provider: string;
  readonly model: string;
  readonly sort: 'unready' | 'capability' | 'window' | 'limit';
  readonly why: string;
}

const unfitKinds = {
  unready: { kind: 'auth', code: 'MR4040' },
  capability: { kind: 'badRequest', code: 'MR4041' },
  window: { kind: 'contextLength', code: 'MR4042' },
  limit: { kind: 'badRequest', code: 'MR4045' },
} as const;

/** Nobody can be asked: told by what comes nearest to an answer, with the reason of each. */
export function nobody({ name, among }: Wanted, unfit: readonly Unfit[]): ModelError {
  const sort = (['limit', 'window', 'capability', 'unready'] as const).find((one) =>
    unfit.some((other) => other.sort === one),
  );
  const reasons = unfit.map(({ provider, model, why }) => `${provider}/${model}: ${why}`);
  const who = among === undefined || (sort ?? 'unready') !== 'unready' ? '' : ` ${among()}.`;
  return new ModelError(
    `Nobody can be asked for ${name}${reasons.length === 0 ? ': no provider of such a model is given' : `. ${reasons.slice(0, 8).join('; ')}`}.${who}`,
    { ...unfitKinds[sort ?? 'unready'], provider: router, model: name, details: { unfit } },
  );
}

/** Everybody is left alone for longer than the request may take. */
export function cooling(
  { name }: Wanted,
  waitMs: number,
  last: { readonly kind: ModelErrorKind } | undefined,
  asked: readonly Asked[],
): ModelError {
  const kind = last?.kind === 'rateLimit' || last?.kind === 'quota' ? 'rateLimit' : 'overloaded';
  return new ModelError(
    `Everybody who could be asked for ${name} is left alone for another ${Math.ceil(waitMs)} ms, which is longer than the request may take. Try again then, or give it more time (withinMs).`,
    {
      kind,
      code: 'MR4043',
      retryable: true,
      mayHaveCost: asked.length > 0,
      provider: router,
      model: name,
      retryAfterMs: Math.ceil(waitMs),
      details: { asked },
    },
  );
}

/** The time of the whole request is over. */
export function overdue({ name }: Wanted, withinMs: number): ModelError {
  return new ModelError(
    `There was no answer of ${name} within ${withinMs} ms, with all waits and tries. Give it more time (withinMs), or ask for less.`,
    { kind: 'timeout', code: 'MR4044', provider: router, model: name, mayHaveCost: true },
  );
}

/** The request was called off by who had asked. */
export function calledOff({ name }: Wanted, reason: unknown): ModelError {
  if (reason instanceof ModelError) return reason;
  return new ModelError(`The request for ${name} was called off.`, {
    kind: 'aborted',
    provider: router,
    model: name,
    cause: reason,
  });
}

/** A request that cannot be meant. */
export const badRequest = ({ name }: Wanted, what: string): ModelError =>
  new ModelError(`The request for ${name} cannot be made: ${what}`, {
    kind: 'badRequest',
    provider: router,
    model: name,
  });

/** The last failure, when nobody is left to be asked: with all that was tried. */
export function exhausted(last: ModelError, asked: readonly Asked[]): ModelError {
  const { kind, code, provider, model, retryable, mayHaveCost, usage, status, retryAfterMs } = last;
  // The error of a budget is none of the tries.
  const others = last.kind === 'budget' ? asked.length : asked.length - 1;
  const told = others < 1 ? '' : ` (${others} ${others === 1 ? 'try' : 'tries'} before it failed, too)`;
  return new ModelError(`${last.message}${told}`, {
    kind,
    code,
    provider,
    model,
    retryable,
    mayHaveCost: mayHaveCost || others > 0,
    cause: last,
    ...(usage === undefined ? {} : { usage }),
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: { ...last.details, asked },
  } as ModelErrorOptions);
}

/** What parts below throw of their own (an unknown model, another currency) as the one type of failure, with its code. */
export function asModelError(thrown: unknown, { name }: Wanted, kind: 'badRequest' | 'budget'): unknown {
  if (thrown instanceof ModelError || !(thrown instanceof MillraceError) || thrown.fault !== 'input') return thrown;
  const { message, code, details } = thrown;
  return new ModelError(message, { kind, code, provider: router, model: name, cause: thrown, details });
}

/** Options that cannot be meant. */
export const wrongOptions = (problems: readonly string[]): MillraceError =>
  new MillraceError(`The options of the models are not right:\n${problems.map((one) => `  ${one}`).join('\n')}`, {
    code: 'MR4046',
    retryable: false,
    fault: 'input',
    details: { problems },
  });
