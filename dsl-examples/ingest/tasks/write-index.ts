import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { writeIndex } from '../../../generated/ingest/contracts.ts';
import { readEntry, writeWhole } from '../library/library.ts';

/** From each word to the documents that have it, those with most of it first. */
export default implement(writeIndex, ({ index, paths }) => {
  const words = new Map<string, { readonly path: string; readonly count: number }[]>();
  const documents: { path: string; title: string; hash: string }[] = [];
  for (const path of paths) {
    const entry = readEntry(index, path);
    if (entry === undefined) throw new Error(`the entry of ${path} is missing`);
    documents.push({ path, title: entry.title, hash: entry.hash });
    for (const [word, count] of Object.entries(entry.counts)) {
      const found = words.get(word) ?? [];
      found.push({ path, count });
      words.set(word, found);
    }
  }
  const file = join(index, 'index.json');
  const sorted = [...words].sort(([a], [b]) => (a < b ? -1 : 1));
  writeWhole(file, {
    documents,
    words: Object.fromEntries(
      sorted.map(([word, found]) => [word, found.sort((a, b) => b.count - a.count || (a.path < b.path ? -1 : 1))]),
    ),
  });
  return { file, words: words.size, documents: documents.length };
});
