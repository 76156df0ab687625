import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Where a migration of a system notes what it is about to do. Loads nothing: every command looks here. */
export function intentPath(entry: string): string {
  return join(dirname(entry), '.millrace', `migrate-${basename(entry)}.json`);
}

/** Where it stands while somebody finishes or undoes it. */
export const recoveringPath = (entry: string): string => `${intentPath(entry)}.recovering`;

/** Was a migration of this system interrupted, or is one under way? */
export function hasIntent(entry: string): boolean {
  return existsSync(intentPath(entry)) || existsSync(recoveringPath(entry));
}
