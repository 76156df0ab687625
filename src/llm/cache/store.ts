import type { ModelAnswer } from '../contract.ts';

/** An answer that is kept. JSON. */
export interface CachedAnswer {
  readonly key: string;
  readonly provider: string;
  readonly model: string;
  readonly operation?: string;
  readonly answer: ModelAnswer;
  /** When it was given, and from when on it counts no more: ms since 1970. */
  readonly storedAt: number;
  readonly expiresAt: number;
}

/** Which answers are meant: those that agree with everything that is named; with nothing named, all. */
export interface CacheMatch {
  readonly key?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly operation?: string;
}

/** Where answers are kept. */
export interface AnswerStore {
  get(key: string): CachedAnswer | undefined | Promise<CachedAnswer | undefined>;
  /** Keeps it in place of what had its key. */
  set(entry: CachedAnswer): void | Promise<void>;
  /** Forgets answers, and says how many. */
  delete(match: CacheMatch): number | Promise<number>;
}

/** Does the answer agree with everything that is named? */
export const matchesAnswer = (entry: CachedAnswer, match: CacheMatch): boolean =>
  (['key', 'provider', 'model', 'operation'] as const).every(
    (name) => match[name] === undefined || match[name] === entry[name],
  );

/** Answers in memory: at most `maxEntries` (1000), of which the one that was not used for longest goes first. */
export function memoryAnswerStore(options: { readonly maxEntries?: number } = {}): AnswerStore {
  const most = options.maxEntries ?? 1_000;
  // A Map keeps the order in which its keys came: what is used goes to the end.
  const entries = new Map<string, CachedAnswer>();
  const use = (entry: CachedAnswer): void => {
    entries.delete(entry.key);
    entries.set(entry.key, entry);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry !== undefined) use(entry);
      return entry;
    },
    set(entry) {
      use(entry);
      for (const key of entries.keys()) {
        if (entries.size <= most) break;
        entries.delete(key);
      }
    },
    delete(match) {
      const gone = [...entries.values()].filter((entry) => matchesAnswer(entry, match));
      for (const { key } of gone) entries.delete(key);
      return gone.length;
    },
  };
}
