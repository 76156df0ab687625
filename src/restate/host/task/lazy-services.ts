import type { AttemptServices, OnceCall, ToolCall } from '../../../tasks/index.ts';
import type { KeptServices } from '../../effects/index.ts';

/** What an attempt keeps, made when it is asked for: most attempts keep nothing. */
export class LazyServices implements AttemptServices {
  /** Absent: nothing was asked for. */
  made: KeptServices | undefined;
  readonly #make: () => KeptServices;

  constructor(make: () => KeptServices) {
    this.#make = make;
  }

  state(): string | undefined {
    return this.#get().state();
  }

  checkpoint(state: string): Promise<void> {
    return this.#get().checkpoint(state);
  }

  tool(signal: AbortSignal): ToolCall {
    return this.#get().tool(signal);
  }

  once(signal: AbortSignal): OnceCall {
    return this.#get().once(signal);
  }

  #get(): KeptServices {
    return (this.made ??= this.#make());
  }
}
