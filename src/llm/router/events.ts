import type { Usage } from '../contract.ts';
import type { ModelErrorKind } from '../errors.ts';
import type { CatalogueModel } from '../catalogue/schema.ts';
import type { Money } from '../money/money.ts';

/** Who is meant: a model of a provider. */
export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** For what a decision was made. */
export interface DecisionFor {
  /** One request, with all of its tries. */
  readonly request: string;
  readonly task?: string;
  readonly run?: string;
  readonly step?: string;
}

/** What a router decides and notices, as it happens. `at`: ms since 1970. JSON. */
export type RouterEvent = { readonly at: number } & (
  | ({ readonly type: 'chosen'; readonly reason: string; readonly role?: CatalogueModel['role'] } & TargetName &
      DecisionFor)
  | ({
      readonly type: 'failed';
      readonly kind: ModelErrorKind;
      readonly code: string;
      /** What is done now. */
      readonly does: 'retry' | 'fallback' | 'wait' | 'stop';
      readonly reason: string;
      readonly waitMs?: number;
    } & TargetName &
      DecisionFor)
  | ({ readonly type: 'answered'; readonly took: number; readonly usage: Usage; readonly cost?: Money } & TargetName &
      DecisionFor)
  /** The budget does not let it be asked. */
  | ({ readonly type: 'refused'; readonly code: string; readonly reason: string } & TargetName & DecisionFor)
  /** Nobody answers: what is thrown. */
  | ({
      readonly type: 'gaveUp';
      readonly kind: ModelErrorKind;
      readonly code: string;
      readonly reason: string;
      readonly retryAfterMs?: number;
    } & DecisionFor)
  /** The answer was there, or is that of an equal request under way. */
  | ({ readonly type: 'spared'; readonly from: 'cache' | 'shared' } & TargetName & DecisionFor)
  /** Everybody who could be asked is busy or left alone. */
  | ({ readonly type: 'waiting'; readonly until?: number } & DecisionFor)
  | ({ readonly type: 'cooling'; readonly until: number; readonly reason: string } & TargetName)
  | ({ readonly type: 'opened' | 'halfOpened' | 'closed'; readonly reason: string } & TargetName)
  | { readonly type: 'disabled' | 'enabled'; readonly provider: string; readonly reason: string }
);

type Told<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** Tells listeners. Nothing depends on them: what one throws is its own affair. */
export class Bus {
  readonly #listeners = new Set<(event: RouterEvent) => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether somebody listens: else nothing has to be put into words. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  on(listener: (event: RouterEvent) => void): () => void {
    // The same function may listen twice.
    const own = (event: RouterEvent): void => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(event: Told<RouterEvent>): void {
    if (this.#listeners.size === 0) return;
    const whole = Object.freeze({ at: this.#now(), ...event }) as RouterEvent;
    for (const listener of this.#listeners) unheeded(() => listener(whole));
  }
}

/** Calls what must not matter: what it throws, or what a promise of it does, changes nothing. */
export function unheeded(work: () => unknown): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // Theirs.
  }
}
