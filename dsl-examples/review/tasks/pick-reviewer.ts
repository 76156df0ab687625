import { implement, NonRetryableError } from 'millrace/tasks';
import { pickReviewer } from '../../../generated/review/contracts.ts';
import { readText } from '../desk/texts.ts';

/** A line of `OWNERS` is a path prefix and names; the longest prefix of a file decides. */
export default implement(pickReviewer, ({ base, author, paths }) => {
  const owners = (readText(base, 'OWNERS') ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([prefix = '', ...names]) => prefix !== '' && !prefix.startsWith('#') && names.length > 0)
    .map(([prefix = '', ...names]) => ({ prefix: prefix === '*' ? '' : prefix, names }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const votes = new Map<string, number>();
  for (const path of paths) {
    const names =
      owners.find(({ prefix, names }) => path.startsWith(prefix) && names.some((name) => name !== author))?.names ?? [];
    for (const name of names) if (name !== author) votes.set(name, (votes.get(name) ?? 0) + 1);
  }
  const [reviewer] = [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
  if (reviewer === undefined)
    throw new NonRetryableError(`OWNERS names nobody but ${author} for these files`, { code: 'NO_REVIEWER' });
  return { reviewer };
});
