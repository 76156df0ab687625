import { MillraceError } from '../../core/index.ts';
import type { Message } from '../contract.ts';
import { estimateTokens } from '../tokens/estimate.ts';
import { checkItems, formsOf, render, type ContextForm, type ContextItem } from './item.ts';

/** An item as it is in a context. */
export interface ContextSection {
  readonly id: string;
  readonly kind: string;
  readonly form: Exclude<ContextForm, 'drop'>;
  readonly pinned: boolean;
  readonly text: string;
  readonly tokens: number;
}

/** What became of each item. */
export interface ContextReport {
  readonly limitTokens: number;
  readonly tokens: number;
  /** As they are. */
  readonly kept: readonly { readonly id: string; readonly tokens: number }[];
  readonly reduced: readonly {
    readonly id: string;
    readonly form: ContextForm;
    readonly from: number;
    readonly tokens: number;
  }[];
  readonly dropped: readonly { readonly id: string; readonly from: number }[];
}

/** What is told to a model: pinned sections first, all in the order in which their items were given. */
export interface Context {
  readonly sections: readonly ContextSection[];
  readonly report: ContextReport;
}

/** How a context is made. */
export interface ContextOptions {
  /** The most tokens that it may have: see `contextLimit`. */
  readonly limitTokens: number;
  /** How much a kind weighs, 1 when left out. What weighs least is reduced first. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Counts tokens; `estimateTokens` when left out. */
  readonly estimate?: (text: string) => number;
}

/** The tokens that a context may have: the window without the answer and 5 % of it, which estimates may be off by. */
export function contextLimit(model: { readonly contextTokens: number; readonly maxOutputTokens: number }): number {
  return Math.max(0, model.contextTokens - model.maxOutputTokens - Math.ceil(model.contextTokens * 0.05));
}

/**
 * Puts items into a limit of tokens. All of them, if they fit. If not, the one that ranks lowest (weight of its kind,
 * halved for each step of distance; among equals the later id) is reduced form by form until it is gone, then the next,
 * until all fit; what room is left then goes to the highest first. The same items give the same context.
 *
 * @throws MillraceError MR4090 when the pinned items do not fit, MR4092 for items that cannot be told apart.
 * @example
 * ```ts
 * import { buildContext, contextMessages } from 'millrace/llm';
 *
 * const context = buildContext(
 *   [
 *     { id: 'rules', kind: 'policy', text: 'Answer in one sentence.', pinned: true },
 *     { id: 'order', kind: 'output', text: '{"total":12}', summary: 'an order' },
 *   ],
 *   { limitTokens: 500 },
 * );
 * context.report.dropped; // []
 * contextMessages(context, 'What does it cost?').messages[0]?.text;
 * ```
 */
export function buildContext(items: readonly ContextItem[], options: ContextOptions): Context {
  checkItems(items);
  const { limitTokens, weights = {}, estimate = estimateTokens } = options;
  const states = items.map((item) => stateOf(item, estimate));
  let total = states.reduce((sum, { tokens }) => sum + tokens[0]!, 0);
  const put = (state: State, at: number): void => {
    total += state.tokens[at]! - state.tokens[state.at]!;
    state.at = at;
  };
  const rank = ({ item }: State): number => (weights[item.kind] ?? 1) * 0.5 ** (item.distance ?? 0);
  const ranked = states
    .filter(({ forms }) => forms.length > 1)
    .sort((first, second) => rank(second) - rank(first) || (first.item.id < second.item.id ? -1 : 1));

  for (const state of ranked.toReversed()) {
    for (const at of state.forms.keys()) {
      if (total <= limitTokens) break;
      put(state, at);
    }
  }
  if (total > limitTokens) throw tooMuch(states, limitTokens);
  for (const state of ranked) {
    const free = limitTokens - total + state.tokens[state.at]!;
    const better = state.tokens.findIndex((tokens, at) => at < state.at && tokens <= free);
    if (better >= 0) put(state, better);
  }
  return contextOf(states, limitTokens, total);
}

interface State {
  readonly item: ContextItem;
  readonly forms: readonly ContextForm[];
  /** Of each form. */
  readonly tokens: readonly number[];
  /** Which form it has now. */
  at: number;
}

function stateOf(item: ContextItem, estimate: (text: string) => number): State {
  const forms = formsOf(item);
  const tokens = forms.map((form) => (form === 'drop' ? 0 : estimate(render(item, form))));
  return { item, forms, tokens, at: 0 };
}

function contextOf(states: readonly State[], limitTokens: number, total: number): Context {
  const sections: ContextSection[] = [];
  const kept: { id: string; tokens: number }[] = [];
  const reduced: { id: string; form: ContextForm; from: number; tokens: number }[] = [];
  const dropped: { id: string; from: number }[] = [];
  for (const { item, forms, tokens: each, at } of states) {
    const { id, kind, pinned = false } = item;
    const [form, tokens, from] = [forms[at]!, each[at]!, each[0]!];
    if (form === 'drop') {
      dropped.push({ id, from });
      continue;
    }
    if (form === 'full') kept.push({ id, tokens });
    else reduced.push({ id, form, from, tokens });
    sections.push({ id, kind, form, pinned, text: render(item, form), tokens });
  }
  // What stays the same comes first: providers cache the beginning.
  sections.sort((first, second) => Number(second.pinned) - Number(first.pinned));
  return { sections, report: { limitTokens, tokens: total, kept, reduced, dropped } };
}

function tooMuch(states: readonly State[], limitTokens: number): MillraceError {
  const stay = states
    .filter(({ forms, at }) => forms[at] !== 'drop')
    .map(({ item, tokens, at }) => ({ id: item.id, tokens: tokens[at]! }));
  const sum = stay.reduce((sum, { tokens }) => sum + tokens, 0);
  const named = stay.map(({ id, tokens }) => `${id} (${tokens})`).join(', ');
  return new MillraceError(
    `What has to be in the context has about ${sum} tokens, and there is room for ${limitTokens}: ${named}. Shorten it, or take a model with a larger window.`,
    { code: 'MR4090', retryable: false, fault: 'input', details: { limitTokens, tokens: sum, items: stay } },
  );
}

/** A context as it goes to a model: what is pinned as instructions, the rest before the question. */
export function contextMessages(
  { sections }: Context,
  question: string,
): { readonly system: string; readonly messages: readonly [Message] } {
  const text = (pinned: boolean): readonly string[] =>
    sections.filter((section) => section.pinned === pinned).map((section) => section.text);
  return {
    system: text(true).join('\n\n'),
    messages: [{ role: 'user', text: [...text(false), question].join('\n\n') }],
  };
}
