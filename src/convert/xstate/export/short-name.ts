import type { ExpressionNode } from '../../../model/index.ts';

/** What a lambda says, when a picture has room for it. */
export function shortName({ text, lambda }: ExpressionNode): string | undefined {
  const words = (lambda?.body ?? text).replaceAll(/\s+/g, ' ').trim();
  return lambda?.block === true || words.length > 60 ? undefined : words;
}
