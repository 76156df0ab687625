import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { implement, NonRetryableError } from 'millrace/tasks';
import { diffChange } from '../../../generated/review/contracts.ts';
import { difference, linesOf, readText, sha256 } from '../desk/texts.ts';

export default implement(diffChange, ({ base, proposal }) => {
  const paths = readdirSync(proposal, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('COMMENTS-'))
    .map((entry) => relative(proposal, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const changes = paths.flatMap((path) => {
    const before = readText(base, path);
    const after = readText(proposal, path) ?? '';
    if (before === after) return [];
    const { added, removed } = difference(linesOf(before ?? ''), linesOf(after));
    return [
      {
        path,
        kind: before === undefined ? ('added' as const) : ('changed' as const),
        baseHash: before === undefined ? '' : sha256(before),
        added: [...added],
        removed,
      },
    ];
  });
  if (changes.length === 0)
    throw new NonRetryableError('the proposal is the same as the base', { code: 'NOTHING_CHANGED' });
  return changes;
});
