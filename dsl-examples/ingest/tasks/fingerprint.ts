import { readFile } from 'node:fs/promises';
import { implement } from 'millrace/tasks';
import { fingerprint } from '../../../generated/ingest/contracts.ts';
import { documentFile, readEntry, sha256 } from '../library/library.ts';

export default implement(fingerprint, async ({ folder, index, path }, { signal }) => {
  const hash = sha256(await readFile(documentFile(folder, path), { signal }));
  const known = readEntry(index, path);
  return { hash, state: known === undefined ? 'new' : known.hash === hash ? 'unchanged' : 'changed' };
});
