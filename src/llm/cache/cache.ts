import { deepFreeze, milliseconds, systemClock, type Clock } from '../../core/index.ts';
import type { ModelAnswer, ModelRequest } from '../contract.ts';
import { Flights } from './flights.ts';
import { keyOf, requestHash, type CacheContext } from './key.ts';
import { memoryAnswerStore, type AnswerStore, type CachedAnswer, type CacheMatch } from './store.ts';

/** How one request is answered. */
export interface CacheOptions extends CacheContext {
  /** Neither looks nor keeps. */
  readonly bypass?: boolean;
  /** Does not look, but keeps the new answer in place of the old one. */
  readonly refresh?: boolean;
  /** How long this answer counts, as `'1h'`. */
  readonly ttl?: string;
  /** Is it an answer worth keeping? Asked of what was kept, too, before it is given. Beside this, only whole ones are kept. */
  readonly accept?: (answer: ModelAnswer) => boolean;
  /** Ends the waiting; the model is told only when nobody else waits for the same answer. */
  readonly signal?: AbortSignal;
  /** Others whose answers count as well, in this order. */
  readonly also?: readonly Answerer[];
  /** Who has given an answer, when it may be another than was asked first: it is kept as theirs. */
  readonly by?: (answer: ModelAnswer) => Answerer;
}

/** Who answers. */
export interface Answerer {
  readonly provider: string;
  readonly model: string;
}

/** An answer, and where it is from: the model, the cache, or a model call of somebody else at the same time. */
export interface CachedResult {
  readonly answer: ModelAnswer;
  readonly from: 'model' | 'cache' | 'shared';
}

/** What the cache was good for, since it was made. */
export interface CacheStatistics {
  readonly hits: number;
  /** Waited for a call that was under way: not paid either. */
  readonly shared: number;
  readonly misses: number;
  readonly bypassed: number;
  /** Answers that were found, and were too old. Counted as misses, too. */
  readonly expired: number;
  readonly stored: number;
  /** Answers that were not worth keeping. */
  readonly refused: number;
  /** Times that the store failed: the model was asked instead, or the answer not kept. */
  readonly failures: number;
  /** (hits + shared) of all that were looked for; 0 when none was. */
  readonly hitRate: number;
}

/**
 * An exact cache of answers: what was asked before, word for word, is not paid again. The same requests at the same time
 * are one call. A hit gives the same type as a miss.
 *
 * @example
 * ```ts
 * import { AnswerCache, collect, scriptedProvider } from 'millrace/llm';
 *
 * const cache = new AnswerCache({ ttl: '7d' });
 * const provider = scriptedProvider(['Hello!']);
 * const request = { model: 'tiny', messages: [{ role: 'user', text: 'Hi' }], maxOutputTokens: 50 } as const;
 * const ask = () =>
 *   cache.ask(request, { provider: provider.name }, (signal) => collect(provider.ask(request, { signal })));
 * (await ask()).from; // 'model'
 * (await ask()).from; // 'cache'
 * ```
 */
export class AnswerCache {
  readonly #store: AnswerStore;
  readonly #clock: Clock;
  readonly #ttl: number;
  readonly #flights = new Flights<CachedResult>();
  readonly #counts = { hits: 0, shared: 0, misses: 0, bypassed: 0, expired: 0, stored: 0, refused: 0, failures: 0 };

  /** `ttl`: how long answers count, `'7d'` when left out. @throws MillraceError MR3002 when it is no duration. */
  constructor(options: { readonly store?: AnswerStore; readonly clock?: Clock; readonly ttl?: string } = {}) {
    this.#store = options.store ?? memoryAnswerStore();
    this.#clock = options.clock ?? systemClock();
    this.#ttl = milliseconds(options.ttl ?? '7d');
  }

  /**
   * The answer to a request: from the cache, or from `perform`, which asks the model.
   *
   * @throws MillraceError MR4085 when the request is no JSON, MR3002 for a ttl that is no duration; whatever `perform` throws.
   */
  async ask(
    request: ModelRequest,
    options: CacheOptions,
    perform: (signal: AbortSignal) => Promise<ModelAnswer>,
  ): Promise<CachedResult> {
    options.signal?.throwIfAborted();
    if (options.bypass === true) {
      this.#counts.bypassed++;
      return { answer: await perform(options.signal ?? new AbortController().signal), from: 'model' };
    }
    const { also = [], operation } = options;
    const first: Answerer = { provider: options.provider, model: request.model };
    const hash = requestHash(request);
    const keyFor = (who: Answerer): string => keyOf(hash, { ...who, operation });
    const keys = [first, ...also].map(keyFor);
    const ttl = options.ttl === undefined ? this.#ttl : milliseconds(options.ttl);
    // The looking is part of the flight: between it and the call nobody else can come.
    const name = `${options.refresh === true ? 'refresh ' : ''}${keys.join(' ')}`;
    const { value, joined } = this.#flights.take(name, options.signal, async (signal): Promise<CachedResult> => {
      if (options.refresh !== true) {
        for (const key of keys) {
          const kept = await this.#find(key, options);
          if (kept !== undefined) return { answer: kept, from: 'cache' };
        }
      }
      const answer = deepFreeze(await perform(signal));
      const by = options.by?.(answer) ?? first;
      await this.#keep({ by, keyFor, options, answer, ttl });
      return { answer, from: 'model' };
    });
    try {
      const { answer, from } = await value;
      const own = joined && from === 'model' ? 'shared' : from;
      this.#counts[counter[own]]++;
      return { answer, from: own };
    } catch (error) {
      if (!joined) this.#counts.misses++;
      throw error;
    }
  }

  /** Forgets answers, and says how many. Calls under way are kept when they end. */
  async invalidate(match: CacheMatch): Promise<number> {
    return this.#store.delete(match);
  }

  /** What it was good for. */
  statistics(): CacheStatistics {
    const { hits, shared, misses } = this.#counts;
    const looked = hits + shared + misses;
    return { ...this.#counts, hitRate: looked === 0 ? 0 : (hits + shared) / looked };
  }

  async #find(key: string, { accept }: CacheOptions): Promise<ModelAnswer | undefined> {
    const entry = await this.#safely(() => this.#store.get(key));
    if (entry === undefined) return undefined;
    const old = entry.expiresAt <= this.#clock.now();
    if (!old && accepts(accept, entry.answer)) return entry.answer;
    if (old) this.#counts.expired++;
    await this.#safely(() => this.#store.delete({ key }));
    return undefined;
  }

  async #keep({ by, keyFor, options, answer, ttl }: Keeping): Promise<void> {
    // An answer that was cut off is not one, even if it was paid for.
    if (answer.finish === 'length' || !accepts(options.accept, answer)) {
      this.#counts.refused++;
      return;
    }
    const { operation } = options;
    const storedAt = this.#clock.now();
    const entry: CachedAnswer = {
      key: keyFor(by),
      ...by,
      ...(operation === undefined ? {} : { operation }),
      answer,
      storedAt,
      expiresAt: storedAt + ttl,
    };
    const kept = await this.#safely(async () => {
      await this.#store.set(entry);
      return true;
    });
    if (kept === true) this.#counts.stored++;
  }

  // A store that fails costs money, but no answer: that of the model is paid already.
  async #safely<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch {
      this.#counts.failures++;
      return undefined;
    }
  }
}

/** One that cannot be judged is not kept, and not lost: it is paid. */
function accepts(accept: CacheOptions['accept'], answer: ModelAnswer): boolean {
  try {
    return accept?.(answer) !== false;
  } catch {
    return false;
  }
}

const counter = { model: 'misses', cache: 'hits', shared: 'shared' } as const;

interface Keeping {
  readonly by: Answerer;
  readonly keyFor: (by: Answerer) => string;
  readonly options: CacheOptions;
  readonly answer: ModelAnswer;
  readonly ttl: number;
}
