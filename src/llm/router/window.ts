const slices = 10;

interface Slice {
  from: number;
  calls: number;
  failures: number;
  answers: number;
  took: number;
}

/** What the calls of the last while were like. */
export interface WindowReading {
  readonly calls: number;
  readonly failures: number;
  /** failures of calls; 0 when there were none. */
  readonly errorRate: number;
  /** How long answers took on average, in ms; nothing when there were none. */
  readonly latencyMs?: number;
}

/** Counts the calls of the last `spanMs`: a tenth of it at a time falls out of sight. */
export class CallWindow {
  readonly #slice: number;
  #slices: Slice[] = [];

  constructor(spanMs: number) {
    this.#slice = spanMs / slices;
  }

  add(now: number, failed: boolean, took: number): void {
    this.#forget(now);
    let last = this.#slices.at(-1);
    if (last === undefined || now >= last.from + this.#slice) {
      last = { from: now, calls: 0, failures: 0, answers: 0, took: 0 };
      this.#slices.push(last);
    }
    last.calls += 1;
    if (failed) last.failures += 1;
    else {
      last.answers += 1;
      last.took += took;
    }
  }

  read(now: number): WindowReading {
    this.#forget(now);
    const sum = { calls: 0, failures: 0, answers: 0, took: 0 };
    for (const { calls, failures, answers, took } of this.#slices) {
      sum.calls += calls;
      sum.failures += failures;
      sum.answers += answers;
      sum.took += took;
    }
    const { calls, failures, answers, took } = sum;
    const errorRate = calls === 0 ? 0 : failures / calls;
    return { calls, failures, errorRate, ...(answers === 0 ? {} : { latencyMs: took / answers }) };
  }

  clear(): void {
    this.#slices = [];
  }

  #forget(now: number): void {
    const oldest = now - this.#slice * slices;
    while (this.#slices[0] !== undefined && this.#slices[0].from <= oldest) this.#slices.shift();
  }
}
