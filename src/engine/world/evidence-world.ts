import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DatabaseSync } from 'node:sqlite';
import type { EvidenceResource, EvidenceRow, EvidenceWorld, TaskResource } from '../../tasks/index.ts';

/**
 * Where a declared resource is: a SQLite file, which is opened for reading only; code that looks for a row (for evidence)
 * and gives rows (for tasks); or an address that goes before the declared one.
 */
export type ResourceOption =
  | { readonly file: string }
  | (EvidenceResource & { readonly rows?: TaskResource['rows'] })
  | { readonly baseUrl: string };

/** The world as this process sees it. */
export function worldOf(resources: Readonly<Record<string, ResourceOption>> = {}): EvidenceWorld {
  return {
    absolute: (path) => resolve(path),
    kindOf: async (path) => {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
        throw error;
      });
      if (found === undefined) return undefined;
      return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    },
    sha256: async (path) => {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex');
    },
    resource: (name, file) => {
      const known = Object.hasOwn(resources, name) ? resources[name] : undefined;
      if (known !== undefined && 'row' in known) return known;
      const at = known === undefined || !('file' in known) ? file : resolve(known.file);
      return at === undefined ? undefined : { file: at, row: (table, where) => rowIn(at, table, where) };
    },
    stopwatch: () => performance.now(),
  };
}

// Opened each time: a file that was replaced meanwhile is another one.
function rowIn(file: string, table: string, where: EvidenceRow): EvidenceRow | undefined {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const columns = Object.keys(where).map((column) => `${quoted(column)} IS ?`);
    const values = Object.values(where).map((value) => (typeof value === 'boolean' ? Number(value) : value));
    const found = database.prepare(`SELECT * FROM ${quoted(table)} WHERE ${columns.join(' AND ')} LIMIT 1`);
    return found.get(...values) as EvidenceRow | undefined;
  } finally {
    database.close();
  }
}

// Claims have names of letters, digits and _ only; and a double quote in a name would be no way out either.
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
