import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from '../check.ts';

/** May files be written where the compiler and the databases write them? */
export const writable: Check = (_io, config) => {
  const folders = new Set([config.root, config.out, config.db === undefined ? config.root : dirname(config.db)]);
  const refused: string[] = [];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    // Asking for permission is not enough: a read-only mount or a full disk shows only when something is written.
    const probe = join(folder, `.millrace-doctor-${process.pid}`);
    try {
      writeFileSync(probe, 'x', { flag: 'wx' });
    } catch (thrown) {
      refused.push(`${folder} (${(thrown as NodeJS.ErrnoException).code ?? 'unknown'})`);
    } finally {
      rmSync(probe, { force: true });
    }
  }
  return refused.length === 0
    ? { name: 'writable', status: 'ok', message: `files can be written in ${config.root}` }
    : { name: 'writable', status: 'problem', message: `files cannot be written in ${refused.join(', ')}` };
};
