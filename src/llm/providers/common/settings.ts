import { nearest, systemScheduler, type Scheduler } from '../../../core/index.ts';
import type { ModelRequest, Readiness } from '../../contract.ts';
import { ModelError } from '../../errors.ts';
import type { Call } from '../../stream/answer.ts';

/** What every provider over the network can be told. */
export interface ProviderSettings {
  /** The key. It is sent to the provider and nowhere else; without one the provider says that it is not ready. */
  readonly apiKey?: string | undefined;
  /** Where it is asked, when it is not where the provider has it. */
  readonly baseURL?: string;
  /** Its name in errors, limits and statistics. */
  readonly name?: string;
  /** Who sends: for proxies, cassettes and tests. Left out: that of the platform. */
  readonly fetch?: typeof fetch;
  /** How long until an answer begins, in ms; 120,000 when left out. */
  readonly headersMs?: number;
  /** How long an answer that has begun may be silent, in ms; 60,000 when left out. */
  readonly idleMs?: number;
  readonly scheduler?: Scheduler;
}

/** The same, with everything filled in. */
export interface Place {
  readonly name: string;
  readonly apiKey: string;
  readonly baseURL: string;
  readonly fetch: typeof fetch;
  readonly readiness: Readiness;
  /** One call to it. @throws ModelError MR4014 when it is not ready */
  call(model: string, signal: AbortSignal | undefined): Call;
}

interface Own {
  readonly name: string;
  readonly baseURL: string;
  /** The variable that usually has its key; none: it needs no key. */
  readonly variable?: string;
  /** Loads its SDK. */
  readonly sdk: () => Promise<unknown>;
}

const settingNames = ['apiKey', 'baseURL', 'name', 'fetch', 'headersMs', 'idleMs', 'scheduler'];

/** Fills in what was not said. @throws ModelError MR4016 for a setting that there is not */
export function placeOf(settings: ProviderSettings, own: Own, more: readonly string[] = []): Place {
  const name = settings.name ?? own.name;
  known(settings, [...settingNames, ...more], { provider: name, model: '' }, 'a setting of this provider');
  const apiKey = settings.apiKey?.trim() ?? '';
  const baseURL = settings.baseURL ?? own.baseURL;
  const scheduler = settings.scheduler ?? systemScheduler;
  const reason = unready(apiKey, baseURL, own.variable);
  const readiness: Readiness = reason === undefined ? { ready: true } : { ready: false, reason };
  return {
    name,
    apiKey,
    baseURL,
    fetch: settings.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    readiness,
    call(model, signal) {
      if (reason !== undefined)
        throw new ModelError(`The provider '${name}' cannot be asked: ${reason}.`, {
          kind: 'auth',
          code: 'MR4014',
          provider: name,
          model,
        });
      const { headersMs = 120_000, idleMs = 60_000 } = settings;
      return {
        provider: name,
        model,
        secret: apiKey,
        ready: own.sdk,
        patience: { scheduler, headersMs, idleMs, signal },
      };
    },
  };
}

function unready(apiKey: string, baseURL: string, variable: string | undefined): string | undefined {
  if (!URL.canParse(baseURL) || !/^https?:/.test(baseURL)) return `'${baseURL}' is not an address (baseURL)`;
  const say = variable === undefined ? 'give apiKey' : `set ${variable}`;
  if (apiKey === '' && variable !== undefined) return `no key: ${say}`;
  // Such a key cannot be sent in a header.
  if (!/^[\x21-\x7e]*$/.test(apiKey)) return `the key has characters that no key has: ${say}`;
  return undefined;
}

/**
 * Looks at a request before anything is sent, and gives the provider's own options of it.
 *
 * @throws ModelError `badRequest`: nothing to answer, no room for the answer, an option that there is not (MR4016)
 */
export function optionsOf(request: ModelRequest, provider: string, names: readonly string[]): Record<string, unknown> {
  const about = { provider, model: request.model };
  const refuse = (what: string): never => {
    throw new ModelError(`${provider} (${request.model}): ${what}`, { kind: 'badRequest', ...about });
  };
  if (typeof request.model !== 'string' || request.model === '') refuse('the request names no model.');
  if (request.messages.length === 0) refuse('the request has no messages: there is nothing to answer.');
  if (!Number.isSafeInteger(request.maxOutputTokens) || request.maxOutputTokens < 1)
    refuse(`maxOutputTokens is a whole number from 1 on, and not ${String(request.maxOutputTokens)}.`);
  if (request.temperature !== undefined && !(request.temperature >= 0 && request.temperature <= 2))
    refuse(`temperature is a number from 0 to 1 (some models: 2), and not ${String(request.temperature)}.`);
  const { extra, ...options } = request.options ?? {};
  known(options, [...names, 'extra'], about, `an option of ${provider}`);
  return { ...options, ...(extra as Readonly<Record<string, unknown>> | undefined) };
}

function known(
  given: object,
  names: readonly string[],
  about: { readonly provider: string; readonly model: string },
  what: string,
): void {
  const unknown = Object.keys(given).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  const close = nearest(unknown, names);
  throw new ModelError(
    `'${unknown}' is not ${what}${close === undefined ? '' : `; did you mean '${close}'?`} It has: ${names.join(', ')}.`,
    { kind: 'badRequest', code: 'MR4016', ...about },
  );
}
