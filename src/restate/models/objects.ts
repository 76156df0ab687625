import type { AnyService } from '../endpoint/serve.ts';
import type { Place } from '../contract.ts';
import { plumbing } from '../plumbing.ts';
import { handlers, object } from '../sdk.ts';
import { answerHandlers } from './answers.ts';
import { bookHandlers } from './books.ts';
import { usageHandlers } from './usage.ts';

/** The virtual objects that keep the books of models: budgets, what was used, answers and notes. */
export function modelServices(place: Place): readonly AnyService[] {
  const { snapshot, ...usage } = usageHandlers(place);
  const { answer, notes, ...answers } = answerHandlers(place);
  const { shared } = handlers.object;
  return [
    object({
      name: place.names.books,
      handlers: {
        ...bookHandlers(place),
        ...usage,
        snapshot: shared(snapshot),
        ...answers,
        answer: shared(answer),
        notes: shared(notes),
      },
      options: { ...plumbing, idempotencyRetention: { minutes: 5 }, enableLazyState: true },
    }),
  ];
}
