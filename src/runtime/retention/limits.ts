import { MillraceError, milliseconds, type Duration } from '../../core/index.ts';
import type { Retention } from '../../tasks/index.ts';

/** How much is kept of something: how many, and how old in ms. */
export interface Limit {
  readonly keep: number | undefined;
  readonly maxAge: number | undefined;
}

/** How much is kept of ended runs. `maxSize`: so many bytes the database may have in use. */
export interface RunLimit extends Limit {
  readonly maxSize: number | undefined;
}

/** What is kept, read and checked. */
export interface Limits {
  readonly runs: RunLimit | undefined;
  readonly events: Limit | undefined;
  readonly inbox: Limit | undefined;
  readonly keys: Limit | undefined;
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

function refused(what: string): MillraceError {
  return new MillraceError(what, { code: 'MR3520', retryable: false, fault: 'input' });
}

/** Bytes, as a number or such as `500mb`. @throws MillraceError MR3520. */
export function bytes(size: number | string): number {
  const [, number = '', unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b)?$/i.exec(String(size)) ?? [];
  const value = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (number !== '' && Number.isSafeInteger(value)) return value;
  throw refused(`A size is a number of bytes or such as '500mb' (b, kb, mb, gb, tb), not '${String(size)}'.`);
}

function count(what: string, keep: number | undefined): number | undefined {
  if (keep === undefined || (Number.isSafeInteger(keep) && keep >= 0)) return keep;
  throw refused(`'${what}.keep' is a whole number from 0 on, not ${String(keep)}.`);
}

/** Reads what is kept of ended runs. @throws MillraceError MR3520, MR3002 for what is no duration. */
export function runLimit({ keep, maxAge, maxSize }: NonNullable<Retention['runs']>): RunLimit {
  return {
    ...limit('runs', { keep, maxAge }),
    maxSize: maxSize === undefined ? undefined : bytes(maxSize),
  };
}

function limit(
  what: string,
  { keep, maxAge }: { readonly keep?: number | undefined; readonly maxAge?: Duration | undefined },
): Limit {
  return { keep: count(what, keep), maxAge: maxAge === undefined ? undefined : milliseconds(maxAge) };
}

/** What the option of a runtime says, and where it says nothing, the system. */
export function merged(option: Retention | undefined, system: Retention | undefined): Retention {
  return { ...system, ...option };
}

/** Reads what is kept once. @throws MillraceError MR3520, MR3002. */
export function limitsOf({ runs, events, inbox, ledger }: Retention): Limits {
  return {
    runs: runs && runLimit(runs),
    events: events && limit('events', events),
    inbox: inbox && limit('inbox', inbox),
    keys: ledger && limit('ledger', ledger),
  };
}
