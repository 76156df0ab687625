import type { ts } from 'ts-morph';
import { normaliseText } from '../../model/text/normalise.ts';

/** A piece of code and the file that it is parsed from. */
export interface Code {
  readonly source: ts.SourceFile;
  readonly node: ts.Node;
  /** Where it begins, when that is inside of the node: a link of a chain begins at its dot. */
  readonly start?: number;
}

export function startOf({ node, source, start }: Code): number {
  return start ?? node.getStart(source);
}

export function textOf(code: Code): string {
  return code.source.text.slice(startOf(code), code.node.end);
}

/** Do two pieces say the same? */
export function same(a: Code, b: Code): boolean {
  return normaliseText(textOf(a)) === normaliseText(textOf(b));
}
