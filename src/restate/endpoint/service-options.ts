import type { ServiceOptions } from '@restatedev/restate-sdk';
import { milliseconds } from '../../core/index.ts';
import { stepPolicy, type BoundSystem } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';

/** How long a run is at rest in the memory of its endpoint before Restate lets it sleep, in ms of real time. */
const inactivityMs = 60_000;
const day = 24 * 60 * 60_000;
/** As good as for ever. */
const ages = 36_500 * day;

// By itself a server would put an invocation aside after 70 tries, of which each moment without an endpoint is one.
const patient = {
  initialInterval: 100,
  exponentiationFactor: 2,
  maxInterval: 10_000,
  maxAttempts: Number.MAX_SAFE_INTEGER,
} as const;

/** How Restate tries an invocation again whose endpoint went away or threw something unexpected. */
export interface InvocationRetry {
  /** In ms. Default: 100. */
  readonly initialInterval?: number;
  /** In ms. Default: 10 s. */
  readonly maxInterval?: number;
}

/** What services are given that say nothing of it themselves. */
export function optionsFor(
  place: Pick<Place, 'system' | 'names' | 'real'>,
  settings: {
    readonly retry?: InvocationRetry | undefined;
    readonly inactivityMs?: number | undefined;
  },
): (service: string) => ServiceOptions {
  const { system, names, real } = place;
  const { runs, ledger } = system.retention ?? {};
  const common: ServiceOptions = {
    inactivityTimeout: settings.inactivityMs ?? inactivityMs,
    abortTimeout: longestAttempt(system, real),
    onJournalMismatchErrors: 'pause',
    retryPolicy: { ...patient, ...settings.retry },
  };
  const kept = runs?.maxAge === undefined ? ages : real(milliseconds(runs.maxAge));
  // A run decides itself what a cancel does, and when it has heard of it.
  const runOptions = { ...common, journalRetention: kept, idempotencyRetention: kept };
  const keys = ledger?.maxAge === undefined ? ages : real(milliseconds(ledger.maxAge));
  const runPrefixes = [names.flow(''), names.task('')].map((name) => name.slice(0, name.lastIndexOf('.') + 1));
  return (service) => {
    if (runPrefixes.some((prefix) => service.startsWith(prefix))) return runOptions;
    return { ...common, journalRetention: 0, idempotencyRetention: service === names.events ? keys : 60 * 60_000 };
  };
}

/**
 * After how long Restate gives up an attempt that does not let itself be put to sleep: never before the task itself does. A
 * step may allow more than its task, and its code is not looked into: so at least a day.
 */
function longestAttempt({ tasks }: BoundSystem, real: Place['real']): number {
  return Math.max(day, ...Object.values(tasks).map(({ policy }) => real(stepPolicy(policy).timeoutMs) * 2));
}
