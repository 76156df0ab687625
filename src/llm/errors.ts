import { MillraceError, type Fault } from '../core/index.ts';
import type { Usage } from './contract.ts';

/** What went wrong when a model was asked, whoever provides it. */
export type ModelErrorKind =
  | 'rateLimit'
  | 'overloaded'
  | 'quota'
  | 'auth'
  | 'badRequest'
  | 'contextLength'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'truncated'
  | 'refusal'
  | 'filtered'
  | 'server'
  | 'invalidOutput'
  | 'budget';

interface Trait {
  readonly code: string;
  readonly retryable: boolean;
  readonly fault: Fault;
  readonly mayHaveCost: boolean;
}

const trait = (code: string, retryable: boolean, fault: Fault, mayHaveCost: boolean): Trait => ({
  code,
  retryable,
  fault,
  mayHaveCost,
});

const traits: Readonly<Record<Exclude<ModelErrorKind, 'budget'>, Trait>> = {
  rateLimit: trait('MR4000', true, 'environment', false),
  overloaded: trait('MR4001', true, 'environment', false),
  quota: trait('MR4002', false, 'environment', false),
  auth: trait('MR4003', false, 'environment', false),
  badRequest: trait('MR4004', false, 'input', false),
  contextLength: trait('MR4005', false, 'input', false),
  network: trait('MR4006', true, 'environment', true),
  timeout: trait('MR4007', true, 'environment', true),
  aborted: trait('MR4008', false, 'environment', true),
  truncated: trait('MR4009', true, 'environment', true),
  refusal: trait('MR4010', false, 'input', true),
  filtered: trait('MR4011', false, 'input', true),
  server: trait('MR4012', true, 'environment', false),
  invalidOutput: trait('MR4013', true, 'environment', true),
};

interface ModelErrorFacts {
  /** The name of the provider that was asked. */
  readonly provider: string;
  /** The model that was asked for. */
  readonly model: string;
  /** How long to wait before the next try, in ms, where the provider says so. */
  readonly retryAfterMs?: number;
  /** Whether tokens may have been used. Left out: as is usual of the kind. */
  readonly mayHaveCost?: boolean;
  /** What is known to have been used. */
  readonly usage?: Usage;
  /** The status of the HTTP answer. */
  readonly status?: number;
  /** May the same request succeed later? Left out: as is usual of the kind. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** More facts. JSON only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a `ModelError` is made of: the kind decides the code, unless one is given. Budgets have several, so name it. */
export type ModelErrorOptions = ModelErrorFacts &
  (
    | { readonly kind: Exclude<ModelErrorKind, 'budget'>; readonly code?: string }
    | { readonly kind: 'budget'; readonly code: string }
  );

/**
 * A model could not be asked, or did not answer as it should: one type for every provider.
 *
 * @example
 * ```ts
 * import { ModelError } from 'millrace/llm';
 *
 * const error = new ModelError('Too many requests.', { kind: 'rateLimit', provider: 'openai', model: 'm', retryAfterMs: 900 });
 * error.retryable; // true
 * error.code; // 'MR4000'
 * ```
 */
export class ModelError extends MillraceError {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  readonly provider: string;
  readonly model: string;
  /** Whether tokens may have been used though there is no answer. */
  readonly mayHaveCost: boolean;
  /** How long to wait before the next try, in ms, where the provider says so. */
  readonly retryAfterMs?: number;
  /** What is known to have been used. */
  readonly usage?: Usage;
  /** The status of the HTTP answer, when there was one. */
  readonly status?: number;

  constructor(message: string, options: ModelErrorOptions) {
    const { kind, provider, model, usage, status } = options;
    // What is no time, nobody can wait for.
    const retryAfterMs = Number(options.retryAfterMs) >= 0 ? options.retryAfterMs : undefined;
    const usual = kind === 'budget' ? trait(options.code, false, 'input', false) : traits[kind];
    const mayHaveCost = options.mayHaveCost ?? usual.mayHaveCost;
    super(message, {
      code: options.code ?? usual.code,
      retryable: options.retryable ?? usual.retryable,
      fault: usual.fault,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
      details: {
        kind,
        provider,
        model,
        mayHaveCost,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(status === undefined ? {} : { status }),
        ...(usage === undefined ? {} : { usage }),
        ...options.details,
      },
    });
    this.kind = kind;
    this.provider = provider;
    this.model = model;
    this.mayHaveCost = mayHaveCost;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
    if (usage !== undefined) this.usage = usage;
    if (status !== undefined) this.status = status;
  }
}
