import { hash } from 'node:crypto';
import type { Lease, Tx } from '../../../store/index.ts';
import type { AttemptServices, OnceCall, ToolCall } from '../../../tasks/index.ts';
import { onceOf } from '../../ledger/once.ts';
import { underLease, writeFenced, type LedgerPlace } from '../../ledger/place.ts';
import { toolsOf, type ToolStep } from '../../ledger/tool.ts';

/** The state of a step, and a hash of the key and the input that it belongs to: a step that begins anew has none. */
interface Saved {
  readonly for: string;
  readonly state: unknown;
}

/** What the attempts of one step keep. One for all of them, so that the end of the step knows what there is to remove. */
export class StepServices implements AttemptServices {
  readonly #place: LedgerPlace;
  readonly #step: ToolStep;
  readonly #key: string;
  readonly #asked: string | null;
  /** May there be something that the completion of the step removes? */
  #saved: boolean;
  #running: Map<string, Promise<unknown>> | undefined;

  /**
   * `key`: the idempotency key of its attempts. `asked`: the JSON text of its input. `known`: has another process made
   * attempts of it, or may do so?
   */
  constructor(place: LedgerPlace, step: ToolStep, key: string, asked: string | null, known: boolean) {
    this.#place = place;
    this.#step = step;
    this.#key = key;
    this.#asked = asked;
    this.#saved = known;
  }

  /** The same for an attempt under a lease: it keeps nothing once that is lost. */
  under(lease: Lease, now: () => number): StepServices {
    return new StepServices(underLease(this.#place, lease, now), this.#step, this.#key, this.#asked, true);
  }

  state(): string | undefined {
    const { run, path } = this.#step;
    const row = this.#saved ? this.#place.tables.progress.get(run, path) : undefined;
    if (row === undefined) return undefined;
    const saved = JSON.parse(row.state) as Saved;
    return saved.for === this.#begun() ? JSON.stringify(saved.state) : undefined;
  }

  checkpoint(state: string): Promise<void> {
    this.#saved = true;
    const { run, path } = this.#step;
    const text = `{"for":"${this.#begun()}","state":${state}}`;
    return writeFenced(this.#place, (tx) => tx.progress.put({ run, path, state: text, at: this.#place.clock.now() }));
  }

  tool(signal: AbortSignal): ToolCall {
    return toolsOf(this.#place, this.#step, this.#key, (this.#running ??= new Map()), signal);
  }

  once(signal: AbortSignal): OnceCall {
    return onceOf(this.#place, signal, this.#step);
  }

  /** Removes the state: the step is done. */
  forget(tx: Tx): void {
    if (this.#saved) tx.progress.remove(this.#step.run, this.#step.path);
  }

  /** Trusts nothing that the step has kept: the world is not as its result says. */
  distrust(tx: Tx): void {
    this.forget(tx);
    tx.ledger.drop(this.#step.run, this.#step.path);
  }

  #begun(): string {
    return hash('sha256', `${this.#key} ${this.#asked ?? ''}`, 'hex');
  }
}
