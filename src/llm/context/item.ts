import { MillraceError } from '../../core/index.ts';

/** How much of an item is shown, from all of it to nothing. */
export type ContextForm = 'full' | 'signature' | 'summary' | 'drop';

/** Something that a model may need to know. */
export interface ContextItem {
  /** Its own among all items. */
  readonly id: string;
  /** What it is, in letters: `contract`, `policy`, `output`, `memory`. It says how much it weighs. */
  readonly kind: string;
  readonly text: string;
  /** Shorter forms, where there are any. */
  readonly signature?: string;
  readonly summary?: string;
  /** Has to be there, in full. */
  readonly pinned?: boolean;
  /** How far it is from what is worked on, in steps of the graph of the model: 0 when left out. */
  readonly distance?: number;
  /** Forms it may be reduced to, in this order. Left out: those that it has, and then nothing. */
  readonly reduce?: readonly Exclude<ContextForm, 'full'>[];
}

/** An item as it is shown: between marks that its text cannot end. */
export function render(item: ContextItem, form: Exclude<ContextForm, 'drop'> = 'full'): string {
  const text = (form === 'full' ? item.text : item[form]) ?? item.text;
  const inside = unended(text, item.kind);
  const shown = form === 'full' ? '' : ` form="${form}"`;
  return `<${item.kind} id="${item.id.replaceAll(/["<>\n]/g, '_')}"${shown}>\n${inside}\n</${item.kind}>`;
}

/** A text that cannot end the mark it stands in, nor what a model may take for its end: letters of any case, spaces. */
export const unended = (text: string, mark: string): string =>
  text.replaceAll(new RegExp(`<\\s*/\\s*${mark}`, 'gi'), (end) => end.replace('/', '\\/'));

/** The forms that an item may have, from full downwards: those that it lacks are left out. */
export function formsOf(item: ContextItem): readonly ContextForm[] {
  const lower = item.reduce ?? (['signature', 'summary', 'drop'] as const);
  if (item.pinned === true) return ['full'];
  return ['full', ...lower.filter((form) => form === 'drop' || item[form] !== undefined)];
}

/** @throws MillraceError MR4092 for items that cannot be told apart or shown. */
export function checkItems(items: readonly ContextItem[]): void {
  const seen = new Set<string>();
  for (const { id, kind, distance = 0 } of items) {
    const problem = seen.has(id)
      ? `There are two items '${id}' in a context: each needs an id of its own.`
      : !/^[A-Za-z][A-Za-z0-9-]*$/.test(kind)
        ? `The kind of the item '${id}' is '${kind}': it has to be a word of letters, digits and hyphens.`
        : !(distance >= 0)
          ? `The distance of the item '${id}' is ${distance}: it has to be 0 or more.`
          : undefined;
    if (problem !== undefined)
      throw new MillraceError(problem, { code: 'MR4092', retryable: false, fault: 'input', details: { id } });
    seen.add(id);
  }
}
