import type { Usage } from '../../llm/index.ts';
import type { RuntimeEvent } from '../bus.ts';
import { Counter, Sizing } from './families.ts';
import type { Spans } from './histogram.ts';

const seconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** What models were asked and what they used, since it was counted. Spans are in ms of real time. */
export interface ModelMetrics {
  readonly calls: readonly {
    readonly provider: string;
    readonly model: string;
    /** `answered`, or the kind of the failure. */
    readonly outcome: string;
    readonly count: number;
  }[];
  readonly duration: readonly { readonly provider: string; readonly model: string; readonly spans: Spans }[];
  /** `kind`: `input`, `output`, `cacheRead`, `cacheWrite`; the latter two are parts of `input`. */
  readonly tokens: readonly {
    readonly provider: string;
    readonly model: string;
    readonly kind: string;
    readonly count: number;
  }[];
  readonly cost: readonly { readonly model: string; readonly currency: string; readonly micros: number }[];
  /** Calls that were not made, because their answer was there (`cache`) or on its way (`shared`). */
  readonly spared: readonly { readonly model: string; readonly from: string; readonly count: number }[];
}

/** Counts the calls of models. */
export class ModelMeter {
  readonly #calls = new Counter('millrace_model_calls_total', 'Calls of models that have ended.', [
    'provider',
    'model',
    'outcome',
  ]);
  readonly #duration = new Sizing(
    'millrace_model_call_duration_seconds',
    'What calls of models took.',
    ['provider', 'model'],
    seconds,
    1000,
  );
  readonly #tokens = new Counter('millrace_model_tokens_total', 'Tokens that models have used, by kind.', [
    'provider',
    'model',
    'kind',
  ]);
  readonly #cost = new Counter('millrace_model_cost_micros_total', 'What calls have cost, in millionths.', [
    'model',
    'currency',
  ]);
  readonly #spared = new Counter('millrace_model_calls_spared_total', 'Calls whose answer was there already.', [
    'model',
    'from',
  ]);

  take(event: RuntimeEvent): void {
    switch (event.type) {
      case 'model.answered':
      case 'model.failed': {
        const { provider, model, took, usage, cost } = event;
        this.#calls.add(provider, model, event.type === 'model.answered' ? 'answered' : event.error.kind);
        this.#duration.add(took, provider, model);
        if (usage !== undefined) for (const kind of kinds) this.#tokens.addMany(usage[kind], provider, model, kind);
        if (cost !== undefined) this.#cost.addMany(cost.micros, model, cost.currency);
        return;
      }
      case 'model.spared':
        return this.#spared.add(event.model, event.from);
      default:
        return;
    }
  }

  data(): ModelMetrics {
    const of = (labels: Readonly<Record<string, string>>, name: string): string => labels[name] ?? '';
    return {
      calls: this.#calls.data().map(({ labels, value: count }) => ({
        provider: of(labels, 'provider'),
        model: of(labels, 'model'),
        outcome: of(labels, 'outcome'),
        count,
      })),
      duration: this.#duration
        .data()
        .map(({ labels, spans }) => ({ provider: of(labels, 'provider'), model: of(labels, 'model'), spans })),
      tokens: this.#tokens.data().map(({ labels, value: count }) => ({
        provider: of(labels, 'provider'),
        model: of(labels, 'model'),
        kind: of(labels, 'kind'),
        count,
      })),
      cost: this.#cost
        .data()
        .map(({ labels, value: micros }) => ({ model: of(labels, 'model'), currency: of(labels, 'currency'), micros })),
      spared: this.#spared
        .data()
        .map(({ labels, value: count }) => ({ model: of(labels, 'model'), from: of(labels, 'from'), count })),
    };
  }

  text(): string {
    return [this.#calls, this.#duration, this.#tokens, this.#cost, this.#spared]
      .map((family) => family.text())
      .join('');
  }
}

const kinds = ['input', 'output', 'cacheRead', 'cacheWrite'] as const satisfies readonly (keyof Usage)[];
