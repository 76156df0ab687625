import type { ObjectContext, ObjectSharedContext } from '@restatedev/restate-sdk';
import type { AnswerStore, CachedAnswer, CacheMatch, MemoryEntry, MemoryStore } from '../../llm/index.ts';
import { checkSize } from '../effects/size.ts';
import type { Place } from '../contract.ts';
import { json } from '../json.ts';

/** The object in which answers are that were paid before. */
const answersKey = 'answers';
const notesKey = (run: string): string => `notes ${run}`;

type NoteOf = Pick<MemoryEntry, 'run' | 'task' | 'spec'>;

const noteKey = ({ task, spec }: Pick<MemoryEntry, 'task' | 'spec'>): string => `note ${JSON.stringify([task, spec])}`;

/** The handlers of answers that are kept, and of what tasks note. */
export function answerHandlers({ names, real }: Place) {
  return {
    answer: async (ctx: ObjectSharedContext | ObjectContext, key: string): Promise<CachedAnswer | null> =>
      ctx.get<CachedAnswer>(`answer ${key}`),

    async keepAnswer(ctx: ObjectContext, entry: CachedAnswer): Promise<void> {
      ctx.set(`answer ${entry.key}`, entry);
      ctx.genericSend({
        service: names.books,
        key: ctx.key,
        method: 'expireAnswer',
        parameter: { key: entry.key, at: entry.expiresAt },
        inputSerde: json(),
        delay: Math.max(1, Math.ceil(real(entry.expiresAt - entry.storedAt))),
      });
    },

    async expireAnswer(ctx: ObjectContext, { key, at }: { readonly key: string; readonly at: number }): Promise<void> {
      const entry = await ctx.get<CachedAnswer>(`answer ${key}`);
      if (entry !== null && entry.expiresAt <= at) ctx.clear(`answer ${key}`);
    },

    async dropAnswers(ctx: ObjectContext, match: CacheMatch): Promise<number> {
      const fields = ['key', 'provider', 'model', 'operation'] as const;
      let gone = 0;
      for (const key of await ctx.stateKeys()) {
        const entry = key.startsWith('answer ') ? await ctx.get<CachedAnswer>(key) : null;
        if (entry === null || !fields.every((name) => match[name] === undefined || match[name] === entry[name]))
          continue;
        ctx.clear(key);
        gone++;
      }
      return gone;
    },

    async note(ctx: ObjectContext, entry: Omit<MemoryEntry, 'number'>): Promise<void> {
      const key = noteKey(entry);
      const list = (await ctx.get<readonly MemoryEntry[]>(key)) ?? [];
      ctx.set(key, [...list, { ...entry, number: list.length + 1 }]);
    },

    notes: async (
      ctx: ObjectSharedContext | ObjectContext,
      of: Pick<MemoryEntry, 'task' | 'spec'>,
    ): Promise<readonly MemoryEntry[]> => (await ctx.get<readonly MemoryEntry[]>(noteKey(of))) ?? [],
  };
}

/** Answers that were paid before: whoever asks the same gets them, at every endpoint and in every run. */
export function answerStore({ ingress, names }: Place): AnswerStore {
  const call = (handler: string, body: unknown): Promise<unknown> =>
    ingress.call({ service: names.books, key: answersKey, handler, body });
  return {
    get: async (key) => ((await call('answer', key)) as CachedAnswer | null) ?? undefined,
    set: async (entry) => {
      checkSize('An answer', JSON.stringify(entry));
      await call('keepAnswer', entry);
    },
    delete: async (match) => (await call('dropAnswers', match)) as number,
  };
}

/** What tasks of runs note. */
export function noteStore({ ingress, names }: Place): MemoryStore {
  const call = (run: string, handler: string, body: unknown): Promise<unknown> =>
    ingress.call({ service: names.books, key: notesKey(run), handler, body });
  return {
    add: async (entry) => void (await call(entry.run, 'note', entry)),
    read: async ({ run, task, spec }: NoteOf) => (await call(run, 'notes', { task, spec })) as readonly MemoryEntry[],
  };
}
