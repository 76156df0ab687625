import { RunError } from './errors.ts';

const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id that sorts by time: ten digits of the time and ten of chance, in base 32. */
export function newId(prefix: string, now: number, random: () => number): string {
  let time = '';
  for (let rest = Math.max(0, now), index = 0; index < 10; index++, rest = Math.floor(rest / 32))
    time = (digits[rest % 32] ?? '') + time;
  let chance = '';
  for (let index = 0; index < 10; index++) chance += digits[Math.floor(random() * 32)] ?? '';
  return `${prefix}_${time}${chance}`;
}

/** @throws RunError MR3218. */
export function checkId(id: string): void {
  // Spaces separate the parts of keys in the database; the rest keeps ids usable on a command line.
  if (/^[^\s\p{Cc}\p{Cs}]{1,200}$/u.test(id)) return;
  const shown = id.length > 40 ? `${id.slice(0, 40)}…` : id;
  throw new RunError('MR3218', `'${shown}' cannot be an id. Use 1 to 200 characters without spaces.`);
}

/** @throws RunError MR3218 for what no caller may name a run. */
export function checkRunId(id: string): void {
  checkId(id);
  // Of these the ids of runs are made that flows, machines and events start.
  if (!/[/:~]/.test(id)) return;
  throw new RunError(
    'MR3218',
    `'${id}' cannot be the id of a run: '/', ':' and '~' are for runs that Millrace starts.`,
  );
}
