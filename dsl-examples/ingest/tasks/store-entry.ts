import { implement } from 'millrace/tasks';
import { storeEntry } from '../../../generated/ingest/contracts.ts';
import { entryFile, writeWhole } from '../library/library.ts';

export default implement(storeEntry, ({ index, ...entry }) => {
  writeWhole(entryFile(index, entry.path), entry);
  return { words: Object.keys(entry.counts).length };
});
