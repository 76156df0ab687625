import type { AttemptIds, AttemptServices, OnceCall, ToolCall } from '../../../tasks/index.ts';
import { onceOf } from '../../ledger/once.ts';
import type { LedgerPlace } from '../../ledger/place.ts';
import { toolsOf, type ToolStep } from '../../ledger/tool.ts';

/** What the attempts of one step keep. One for all of them, so that the end of the step knows what there is to remove. */
export class StepServices implements AttemptServices {
  /** May there be something that the completion of the step removes? */
  saved: boolean;
  readonly #place: LedgerPlace;
  readonly #step: ToolStep;
  #running: Map<string, Promise<unknown>> | undefined;

  constructor(place: LedgerPlace, step: ToolStep, saved: boolean) {
    this.#place = place;
    this.#step = step;
    this.saved = saved;
  }

  state(): string | undefined {
    const { run, path } = this.#step;
    return this.saved ? this.#place.tables.progress.get(run, path)?.state : undefined;
  }

  checkpoint(state: string): Promise<void> {
    this.saved = true;
    const { run, path } = this.#step;
    return this.#place.write((tx) => tx.progress.put({ run, path, state, at: this.#place.clock.now() }));
  }

  tool(_ids: AttemptIds, signal: AbortSignal): ToolCall {
    return toolsOf(this.#place, this.#step, (this.#running ??= new Map()), signal);
  }

  once(signal: AbortSignal): OnceCall {
    return onceOf(this.#place, signal);
  }
}
