import type { AnswerStore, CachedAnswer, MemoryStore } from '../../llm/index.ts';
import type { AnswerRow } from '../../store/index.ts';
import type { LedgerPlace } from '../ledger/place.ts';

/** Each time that so many were kept, those go that are too old: the first time at once. */
const every = 500;

/** Answers that were paid before, in the database: whoever asks the same gets them, in every process and run. */
export function answerStore(place: LedgerPlace): AnswerStore {
  let kept = 0;
  return {
    get: (key) => {
      const row = place.tables.answers.get(key);
      return row && answerOf(row);
    },
    set: ({ operation, answer, storedAt, expiresAt, ...names }) =>
      place.write((tx) => {
        if (kept++ % every === 0) tx.answers.expire(place.clock.now());
        tx.answers.put({
          ...names,
          operation: operation ?? null,
          answer: JSON.stringify(answer),
          stored: storedAt,
          expires: expiresAt,
        });
      }),
    delete: (match) => place.write((tx) => tx.answers.remove(match)),
  };
}

const answerOf = ({ key, provider, model, operation, answer, stored, expires }: AnswerRow): CachedAnswer => ({
  key,
  provider,
  model,
  ...(operation === null ? {} : { operation }),
  answer: JSON.parse(answer) as CachedAnswer['answer'],
  storedAt: stored,
  expiresAt: expires,
});

/** What tasks of runs note, in the database: it goes with the run. */
export function noteStore(place: LedgerPlace): MemoryStore {
  return {
    add: async ({ value, ...of }) =>
      void (await place.write((tx) => tx.notes.add({ ...of, value: JSON.stringify(value) }))),
    read: ({ run, task, spec }) =>
      place.tables.notes.of(run, task, spec).map((row) => ({ ...row, value: JSON.parse(row.value) as unknown })),
  };
}
