import type { ModelRequest, Usage } from '../contract.ts';
import { estimateRequest, estimateTokens, type EstimateOptions } from './estimate.ts';

/** How far the estimates of a model are off, as learnt from what it said that it read. JSON. */
export interface Calibration {
  /** What an estimate is multiplied by. */
  readonly factor: number;
  /** How many calls it was learnt from. */
  readonly calls: number;
}

/** How a request lies to a limit: it fits, it does not, or so near that the provider is to be asked. */
export type Fit = 'fits' | 'count' | 'tooLong';

// One odd call must not turn the estimates round, and a server that reports nonsense must not ruin them.
const weight = 0.2;
const [least, most] = [0.25, 4];

/**
 * Estimates tokens, and learns from each answer how far off it is, model by model.
 *
 * @example
 * ```ts
 * import { TokenEstimator } from 'millrace/llm';
 *
 * const estimator = new TokenEstimator();
 * const request = { model: 'tiny', messages: [{ role: 'user', text: 'Hello' }], maxOutputTokens: 100 } as const;
 * estimator.learn(request, { input: 9 }); // the usage of the answer
 * estimator.estimate(request);
 * ```
 */
export class TokenEstimator {
  readonly #options: EstimateOptions;
  readonly #models: Map<string, Calibration>;

  /** `calibration` is what an earlier `snapshot` gave. */
  constructor(options: EstimateOptions & { readonly calibration?: Readonly<Record<string, Calibration>> } = {}) {
    this.#options = options;
    this.#models = new Map(Object.entries(options.calibration ?? {}));
  }

  /** The tokens of a request's input, as far as one can tell without asking. @throws MillraceError MR4077 */
  estimate(request: ModelRequest): number {
    return Math.ceil(estimateRequest(request, this.#options) * this.#factor(request.model));
  }

  /** The same for one model after the other: the request is looked at once. @throws MillraceError MR4077 */
  estimates(request: ModelRequest): (model: string) => number {
    let plain: number | undefined;
    return (model) => Math.ceil((plain ??= estimateRequest(request, this.#options)) * this.#factor(model));
  }

  /** The tokens of a text, for a model. @throws MillraceError MR4077 */
  estimateText(text: string, model?: string): number {
    return Math.ceil(estimateTokens(text, this.#options) * (model === undefined ? 1 : this.#factor(model)));
  }

  /** Learns from the usage of an answer, if the provider has counted. */
  learn(request: ModelRequest, usage: Pick<Usage, 'input' | 'estimated'>): void {
    if (usage.estimated === true) return;
    const { input } = usage;
    const estimated = estimateRequest(request, { ...this.#options, margin: 1 });
    if (!(estimated > 0) || !(input > 0) || !Number.isFinite(input)) return;
    const seen = Math.min(most, Math.max(least, input / estimated));
    const known = this.#models.get(request.model);
    const factor = known === undefined ? seen : known.factor + weight * (seen - known.factor);
    this.#models.set(request.model, { factor, calls: (known?.calls ?? 0) + 1 });
  }

  /** What has been learnt, to be kept and handed in again. */
  snapshot(): Readonly<Record<string, Calibration>> {
    return Object.fromEntries(this.#models);
  }

  #factor(model: string): number {
    return this.#models.get(model)?.factor ?? 1;
  }
}

/**
 * Whether tokens that were estimated fit a limit. Within `margin` of it on either side an estimate does not say enough:
 * ask the provider's count endpoint (`Provider.countTokens`), and where there is none, take `count` as too long above
 * the limit and as fitting below.
 *
 * @example
 * ```ts
 * import { fitOf } from 'millrace/llm';
 *
 * fitOf(180_000, 200_000); // 'count'
 * ```
 */
export function fitOf(estimated: number, limit: number, margin = 0.15): Fit {
  if (estimated < limit * (1 - margin)) return 'fits';
  return estimated > limit * (1 + margin) ? 'tooLong' : 'count';
}
