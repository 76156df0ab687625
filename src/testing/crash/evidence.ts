import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { CrashTestError } from './errors.ts';

/** The variables by which a crash test tells its script who it is. */
export const variables = { file: 'MILLRACE_EVIDENCE', round: 'MILLRACE_ROUND', last: 'MILLRACE_LAST_ROUND' } as const;

/** What a script tells about one try of a step: a `TaskContext` has it. */
export interface Try {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
}

/** What a script tells on its standard output. */
export type Told =
  | { readonly told: 'begun' }
  | ({ readonly told: 'effect' } & Try)
  | { readonly told: 'accepted'; readonly runId: string }
  | { readonly told: 'ended'; readonly runId: string; readonly success: boolean; readonly output: unknown }
  | { readonly told: 'sent'; readonly eventId: string }
  | { readonly told: 'noted'; readonly note: unknown };

/** How a script that is killed and started again leaves evidence of what it did. */
export interface Evidence {
  /** Which start of the script this is, from 1 on. */
  readonly round: number;
  /** Nobody will kill this one: it can bring everything to its end. */
  readonly last: boolean;
  /** Call it first in every task: a line in a file beside the database, on the disk before it returns. */
  readonly effect: (attempt: Try) => void;
  /** `start` has resolved: the run must never be lost. */
  readonly accepted: (runId: string) => void;
  /** `result` has resolved: that end must never change. */
  readonly ended: (runId: string, result: { readonly success: boolean; readonly output?: unknown }) => void;
  /** `sendEvent` has resolved. */
  readonly sent: (eventId: string) => void;
  /** Anything else that was acknowledged, for the `expect` of the test. JSON. */
  readonly note: (note: unknown) => void;
}

/**
 * What a script of `crashTest` begins with. Lines on standard output are written at once, so a kill right after an
 * acknowledgement does not swallow it.
 *
 * @throws CrashTestError MR3550 when no crash test has started the script.
 * @example
 * ```ts
 * import { evidence } from 'millrace/testing';
 *
 * const { effect, accepted } = evidence();
 * ```
 */
export function evidence(): Evidence {
  const file = process.env[variables.file];
  if (file === undefined)
    throw new CrashTestError(
      'MR3550',
      `This script is started by a crash test, which sets ${variables.file}: crashTest({ script, db, kills }) of millrace/testing.`,
    );
  const log = openSync(file, 'a');
  const round = Number(process.env[variables.round] ?? 1);
  const tell = (told: Told): void => writeAll(1, `${JSON.stringify(told)}\n`);
  tell({ told: 'begun' });
  return {
    round,
    last: process.env[variables.last] === '1',
    effect: ({ runId, step, attempt }) => {
      writeAll(log, `${JSON.stringify({ round, runId, step, attempt })}\n`);
      fdatasyncSync(log);
      tell({ told: 'effect', runId, step, attempt });
    },
    accepted: (runId) => tell({ told: 'accepted', runId }),
    ended: (runId, { success, output }) => tell({ told: 'ended', runId, success, output: output ?? null }),
    sent: (eventId) => tell({ told: 'sent', eventId }),
    note: (note) => tell({ told: 'noted', note }),
  };
}

function writeAll(to: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length;) {
    try {
      from += writeSync(to, bytes, from);
    } catch (error) {
      // A pipe that is full for a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}
