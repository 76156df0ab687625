const smallest = 0.001;
const growth = 1.05;

/** How long something takes, in ms. */
export interface Spans {
  readonly count: number;
  readonly total: number;
  readonly mean: number;
  /** Half of them took no longer; right to 5 %. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts spans in classes, each 5 % wider than the one before: some hundred numbers however many spans there are. */
export class Histogram {
  readonly #classes = new Map<number, number>();
  #count = 0;
  #total = 0;
  #max = 0;

  add(span: number): void {
    // Clocks are set back at times.
    const ms = Math.max(0, span);
    const at = ms < smallest ? 0 : 1 + Math.floor(Math.log(ms / smallest) / Math.log(growth));
    this.#classes.set(at, (this.#classes.get(at) ?? 0) + 1);
    this.#count++;
    this.#total += ms;
    this.#max = Math.max(this.#max, ms);
  }

  spans(): Spans {
    const count = this.#count;
    const round = (ms: number): number => Math.round(ms * 1000) / 1000;
    return {
      count,
      total: round(this.#total),
      mean: count === 0 ? 0 : round(this.#total / count),
      p50: round(this.#quantile(0.5)),
      p99: round(this.#quantile(0.99)),
      max: round(this.#max),
    };
  }

  #quantile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (const at of [...this.#classes.keys()].sort((a, b) => a - b)) {
      left -= this.#classes.get(at) ?? 0;
      if (left <= 0) return at === 0 ? 0 : Math.min(this.#max, smallest * growth ** at);
    }
    return 0;
  }
}
