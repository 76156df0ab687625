import { messageOf } from '../../core/index.ts';
import type { Usage } from '../contract.ts';
import { ModelError, type ModelErrorKind } from '../errors.ts';
import { kindOf } from './kind.ts';
import { headerOf, retryAfterOf } from './retry-after.ts';

/** What is known of a call that failed. */
export interface FailedCall {
  readonly provider: string;
  readonly model: string;
  /** Whether an answer had begun to come. */
  readonly begun: boolean;
  /** What is known to have been used until then. */
  readonly usage?: Usage;
  /** Milliseconds since 1970: `retry-after` may be a date. */
  readonly now: number;
  /** The key, which must not be told on: providers repeat it in what they say. */
  readonly secret?: string;
}

/**
 * Makes one type of failure of everything that the SDKs throw. It looks at what the errors have, not at their classes:
 * so it serves both without loading either.
 */
export function modelErrorOf(thrown: unknown, call: FailedCall): ModelError {
  try {
    return read(thrown, call);
  } catch {
    // What throws when it is looked at: nothing is known but that there is no answer.
    const { provider, model, begun } = call;
    const what = `${whoIs(call)}: what it has thrown cannot be read.`;
    return new ModelError(what, { kind: begun ? 'truncated' : 'network', provider, model });
  }
}

function read(thrown: unknown, call: FailedCall): ModelError {
  const known = causes(thrown).find((cause) => cause instanceof ModelError);
  if (known !== undefined) return known;
  const said = saidBy(thrown);
  const about = {
    provider: call.provider,
    model: call.model,
    cause: thrown,
    ...(call.usage === undefined ? {} : { usage: call.usage }),
  };
  const tell = (what: string): string => `${whoIs(call)}: ${brief(what, call.secret)}`;
  if (said.status !== undefined || said.complains) {
    const kind = kindOf(said);
    const wait = retryAfterOf(said.headers, call.now) ?? delayIn(said.message);
    return new ModelError(tell(said.message), {
      ...about,
      kind,
      ...(said.status === undefined ? {} : { status: said.status }),
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
      ...(headerOf(said.headers, 'x-should-retry') === 'false' ? { retryable: false } : {}),
      // In the middle of an answer: what had come until then is paid.
      ...(call.begun || said.status === undefined ? { mayHaveCost: true } : {}),
    });
  }
  if (causes(thrown).some((cause) => cause instanceof SyntaxError))
    return new ModelError(tell('what it sent is not what its protocol says.'), {
      ...about,
      kind: 'server',
      code: 'MR4015',
      mayHaveCost: true,
    });
  const names = causes(thrown).flatMap(namesOf);
  const unsent = names.some((name) => neverSent.has(name));
  const kind: Exclude<ModelErrorKind, 'budget'> = call.begun
    ? 'truncated'
    : names.some((name) => /Timeout|TIMEOUT/.test(name))
      ? 'timeout'
      : names.some((name) => sdkErrors.has(name))
        ? 'badRequest'
        : 'network';
  const what = kind === 'truncated' ? 'the answer broke off before its end' : (deepest(thrown) ?? messageOf(thrown));
  return new ModelError(tell(what), { ...about, kind, ...(unsent ? { mayHaveCost: false } : {}) });
}

/** How messages name who was asked; a look at the provider itself is about no model. */
export const whoIs = ({ provider, model }: { readonly provider: string; readonly model: string }): string =>
  model === '' ? provider : `${provider} (${model})`;

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
// What the SDKs throw before they send anything.
const sdkErrors = new Set(['AnthropicError', 'OpenAIError']);

function causes(thrown: unknown): readonly unknown[] {
  const all: unknown[] = [];
  for (let one = thrown; one !== undefined && one !== null && all.length < 6; one = (one as Error).cause) all.push(one);
  return all;
}

function namesOf(thrown: unknown): readonly string[] {
  if (typeof thrown !== 'object' || thrown === null) return [];
  const { name, code, constructor } = thrown as { name?: unknown; code?: unknown; constructor?: { name?: unknown } };
  return [name, code, constructor?.name].filter((one) => typeof one === 'string');
}

interface Said {
  readonly status?: number;
  readonly headers?: unknown;
  readonly names: readonly string[];
  readonly message: string;
  /** Whether it came with an error in the provider's own words. */
  readonly complains: boolean;
}

function saidBy(thrown: unknown): Said {
  const { status, headers, error } = (thrown ?? {}) as { status?: unknown; headers?: unknown; error?: unknown };
  const body = record(Array.isArray(error) ? error[0] : error);
  const inner = record(body?.['error']) ?? body;
  const details = record(inner?.['details']);
  const names = [inner?.['type'], inner?.['code'], inner?.['status'], details?.['error_code']]
    .filter((one) => typeof one === 'string')
    .filter((one) => one !== 'error');
  const numbered = Number(inner?.['code']);
  const own = typeof status === 'number' ? status : numbered >= 400 && numbered < 600 ? numbered : undefined;
  const message = inner?.['message'];
  return {
    ...(own === undefined ? {} : { status: own }),
    headers,
    names,
    message: typeof message === 'string' && message !== '' ? message : messageOf(thrown),
    complains: inner !== undefined,
  };
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !(value instanceof Error)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

// Gemini says it in the body only.
function delayIn(message: string): number | undefined {
  const seconds = /(?:retry in |"retryDelay": ?")(\d+(?:\.\d+)?)s/i.exec(message)?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

function deepest(thrown: unknown): string | undefined {
  const texts = causes(thrown)
    .map((one) => (one instanceof Error ? one.message : ''))
    .filter((text) => text !== '');
  return texts.length > 1 ? [...new Set(texts.map((text) => text.replace(/\.$/, '')))].join(': ') : texts[0];
}

function brief(text: string, secret: string | undefined): string {
  const safe = secret === undefined || secret.length < 4 ? text : text.replaceAll(secret, '(key)');
  const line = safe.replaceAll(/\s+/g, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
