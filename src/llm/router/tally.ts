import type { Usage } from '../contract.ts';
import type { Asked } from '../models.ts';
import { addMoney, type Money } from '../money/money.ts';
import { noTokens, sumUsage } from '../usage/sum.ts';
import { some, type AttemptEnd } from './attempt.ts';
import type { Candidate } from './candidates.ts';

/** Who was asked for one request, and what all of them used and cost together. */
export class Tally {
  readonly #asked: Asked[] = [];
  #usage: Usage = noTokens;
  #cost: Money | 'unknown' | undefined;

  /** In the order in which they were asked. */
  get asked(): readonly Asked[] {
    return this.#asked;
  }

  add({ target: { provider, model } }: Candidate, { error, took, usage, cost, paid }: AttemptEnd): void {
    const failed = error && { kind: error.kind, code: error.code, message: error.message };
    this.#asked.push({ provider, model, took, ...some({ failed }) });
    this.#usage = sumUsage(this.#usage, usage);
    if (paid) this.#cost = sumCost(this.#cost, cost);
  }

  /** Without a cost where nothing was paid, or a price is not known. */
  sum(): { readonly usage: Usage; readonly cost?: Money } {
    return { usage: this.#usage, ...some({ cost: this.#cost === 'unknown' ? undefined : this.#cost }) };
  }
}

// Amounts in two currencies have no sum.
function sumCost(sum: Money | 'unknown' | undefined, cost: Money | undefined): Money | 'unknown' {
  if (sum === undefined) return cost ?? 'unknown';
  if (sum === 'unknown' || cost === undefined || sum.currency !== cost.currency) return 'unknown';
  return addMoney(sum, cost);
}
