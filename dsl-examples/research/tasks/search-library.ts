import { implement } from 'millrace/tasks';
import { searchLibrary } from '../../../generated/research/contracts.ts';

const folder = 'dsl-examples/research/library';

export default implement(searchLibrary, async ({ words }, { fs }) => {
  const wanted = new Set(wordsOf(words));
  const count = (text: string): number => wordsOf(text).filter((word) => wanted.has(word)).length;
  const found = [];
  for (const path of await fs.list(folder)) {
    const text = await fs.readText(path);
    const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
    // What a page is called says more than a word in it.
    const hits = count(text) + 9 * count(title);
    if (hits > 0) found.push({ page: path.slice(path.lastIndexOf('/') + 1), title, hits });
  }
  return found.toSorted((one, other) => other.hits - one.hits || (one.page < other.page ? -1 : 1)).slice(0, 5);
});

/** `stones` and `stone` are one word. */
function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/\p{L}{3,}/gu) ?? []).map((word) => word.replace(/(?:es|s)$/, ''));
}
