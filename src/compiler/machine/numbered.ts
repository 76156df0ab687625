/** What is done by number, of a state or of a transition. */
import { block, hard, indent, join, print, type Doc } from '../../model/text/doc.ts';

export interface NumberedCase {
  readonly number: number;
  /** What the number means, as a comment. */
  readonly title: string;
  readonly body: readonly Doc[];
}

/** `if (m.screen === 16) exitDim(m); // dim` */
export function singleCase(condition: string, { title, body }: Omit<NumberedCase, 'number'>): Doc {
  const [only, second] = body;
  if (typeof only === 'string' && second === undefined && /^[\w$]+\([^()]*\);$/.test(only)) {
    const line = `if (${condition}) ${only} ${title}`;
    if (line.length <= 100) return line;
  }
  return [`if (${condition}) `, block([title, ...body])];
}

/** A `switch` in which what does the same stands once; a single case is an `if`. */
export function switchWith(value: string, cases: readonly NumberedCase[]): Doc {
  const [only, second] = cases;
  if (only !== undefined && second === undefined) return singleCase(`${value} === ${only.number}`, only);
  const merged = new Map<string, { readonly labels: Doc[]; readonly body: readonly Doc[] }>();
  for (const { number, title, body } of cases) {
    const key = print(join(body, hard));
    const same = merged.get(key) ?? { labels: [], body };
    same.labels.push([`case ${number}: `, title]);
    merged.set(key, same);
  }
  const printed = [...merged.values()].map(({ labels, body }): Doc => [
    join(labels, hard),
    indent([hard, join([...body, 'break;'], hard)]),
  ]);
  return [`switch (${value}) `, block([...printed, 'default:'])];
}
