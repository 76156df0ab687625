import { applyEdits, type TextEdit } from './edits.ts';
import { pastLineComments, skipTrivia } from './trivia.ts';
import type { Style } from './style.ts';

/** The list of members, elements, arguments or links that a piece of source has. */
export interface Items {
  /** Where the list begins, behind its opening bracket, and where it ends. */
  readonly start: number;
  readonly end: number;
  /** Where each item begins and ends. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  readonly separator: ',' | '';
}

/** An item of the list as it will be: one that was there, with the edits inside of it, or a new text (`beside`: right behind the one before; `tail`: a comment on the rest of its line). */
export type Placed =
  | { readonly at: number; readonly edits: readonly TextEdit[] }
  | { readonly text: string; readonly beside?: boolean; readonly tail?: string };

interface Chunk {
  readonly lead: string;
  readonly body: string;
  readonly after: string;
}

/** Writes a list anew out of what was there, with its comments, and what is new. `indent` is that of a new line. */
export function rearranged(
  text: string,
  items: Items,
  placed: readonly Placed[],
  indent: string,
  style: Style,
): TextEdit {
  const { start, end, spans, separator } = items;
  const bounds = boundsOf(text, items);
  const between = (index: number): string => text.slice(index === 0 ? start : bounds[index - 1], spans[index]?.start);
  const isBroken =
    separator === '' || spans.every((_, index) => /[\n\r]/.test(between(index).replace(/\/\*[^]*?\*\//g, '')));
  const line = style.eol + indent;
  const hadLast = spans.length > 0 && text.slice(spans.at(-1)?.end, bounds.at(-1)).includes(',');
  const chunks: Chunk[] = placed.map((item, index) => {
    if ('text' in item)
      return {
        lead: item.beside === true ? '' : isBroken ? line : index === 0 ? between(0) : ' ',
        body: item.text,
        after: separator + (item.tail === undefined || item.tail === '' ? '' : ` ${item.tail}`),
      };
    const span = spans[item.at] as Items['spans'][number];
    const lead = between(item.at);
    const plain = lead.trim() === '' && !/[\n\r]/.test(lead);
    return {
      lead: plain ? (index === 0 ? leadOfFirst(between(0), lead) : lead === '' && separator !== '' ? ' ' : lead) : lead,
      body: applyEdits(text, item.edits, span.start, span.end),
      after: text.slice(span.end, bounds[item.at]),
    };
  });
  const tail = text.slice(bounds.at(-1) ?? start, end);
  let out = '';
  for (const [index, { lead, body, after }] of chunks.entries()) {
    const isLast = index === chunks.length - 1;
    out = joined(joined(out, lead, line), body, line);
    if (separator === '') out += after;
    else if (!isLast || hadLast) out += commaIn(after) < 0 ? `,${after}` : after;
    else out += withoutComma(after);
  }
  out = joined(out, chunks.length === 0 ? tail.trimStart() : tail, line);
  return { start, end, text: isOpen(out, text.slice(end, end + 80)) ? out + line : out };
}

/** A line comment ends with its line, whatever follows. */
function joined(before: string, after: string, line: string): string {
  return isOpen(before, after) ? `${before}${line}${after.trimStart()}` : before + after;
}

function isOpen(before: string, after: string): boolean {
  const last = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  return /(?:^|[\s,)\]}])\/\/[^'"`]*$/.test(last) && after !== '' && !/^[^\S\n\r]*[\n\r]/.test(after);
}

function leadOfFirst(first: string, own: string): string {
  return first.trim() === '' && !/[\n\r]/.test(first) ? first : own;
}

function commaIn(after: string): number {
  const at = skipTrivia(after, 0);
  return after[at] === ',' ? at : -1;
}

function withoutComma(after: string): string {
  const at = commaIn(after);
  return at < 0 ? after : after.slice(0, at) + after.slice(at + 1);
}

/** Behind each item, its comma and the comments on the rest of its line. */
export function boundsOf(text: string, { spans, separator, end }: Items): readonly number[] {
  return spans.map((span) => {
    const comma = skipTrivia(text, span.end);
    const behind = separator !== '' && comma < end && text[comma] === ',' ? comma + 1 : span.end;
    return Math.min(pastLineComments(text, behind), end);
  });
}
