import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { implement } from 'millrace/tasks';
import { listDocuments } from '../../../generated/ingest/contracts.ts';

export default implement(listDocuments, async ({ folder }) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
  const documents = await Promise.all(
    files.map(async (file) => ({ path: relative(folder, file).split(sep).join('/'), bytes: (await stat(file)).size })),
  );
  return documents.sort((a, b) => (a.path < b.path ? -1 : 1));
});
