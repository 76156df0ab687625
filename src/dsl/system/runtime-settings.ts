import type { Duration } from '../../core/index.ts';

interface HistoryLimit {
  readonly keep?: number;
  readonly maxAge?: Duration;
}

interface Rate {
  readonly limit: number;
  readonly per: Duration;
}

/** How the runtime is set up where a command drives the database: options of `ReactiveSystemRuntime` that are data. */
export interface RuntimeSettings {
  readonly concurrency?: number;
  readonly rateLimit?: Rate | readonly Rate[];
  readonly queue?: number;
  readonly maxLost?: number;
  readonly history?: HistoryLimit & { readonly machines?: Readonly<Record<string, HistoryLimit>> };
  readonly retention?: {
    readonly runs?: HistoryLimit & { readonly maxSize?: number | string };
    readonly events?: HistoryLimit;
    readonly history?: HistoryLimit & { readonly machines?: Readonly<Record<string, HistoryLimit>> };
    readonly inbox?: { readonly maxAge?: Duration };
    readonly ledger?: { readonly maxAge?: Duration };
  };
  readonly workers?: boolean | { readonly concurrency?: number; readonly leaseMs?: number };
  readonly metrics?: boolean;
  readonly compactAfter?: number;
  readonly drainMs?: number;
}
