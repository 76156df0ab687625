import { toErrorRecord, type ErrorRecord } from '../core/index.ts';
import { RunError } from './errors.ts';

/** The failure of a race that nobody has won: MR3230, with those of its parts. */
export function lostRace(
  where: { readonly run: string; readonly step: string; readonly source: string },
  names: readonly string[],
  failures: ReadonlyMap<string, unknown>,
): RunError {
  const records = names.map((name): [string, ErrorRecord] => [name, toErrorRecord(failures.get(name))]);
  const each = records.map(([name, { message }]) => `${name}: ${message}`);
  return new RunError('MR3230', `Nobody won the race '${where.step}': all its parts have failed. ${each.join(' | ')}`, {
    retryable: records.some(([, { retryable }]) => retryable),
    fault: records[0]?.[1].fault ?? 'user-code',
    details: { ...where, failures: Object.fromEntries(records) },
  });
}
