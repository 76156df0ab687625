import { messageOf } from '../../core/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { MigrationError } from '../errors.ts';

/** A function of a step that failed, or gave what does not fit. */
export interface Fault {
  readonly step: PlannedStep;
  /** What it threw; undefined where what it gave does not fit. */
  readonly thrown?: unknown;
  /** What does not fit, without what is of one row. */
  readonly problem?: string;
}

/** A fault, with how many rows have it. */
export interface FaultGroup {
  readonly file: string;
  /** Where in the file, if what was thrown says it. */
  readonly line: number | undefined;
  /** Such as `instance` and `'order'`. */
  readonly what: string;
  readonly of: string;
  readonly reason: string;
  readonly count: number;
}

/** How many different ones are told: there may be one of each row. */
const listed = 20;

/** Adds up the faults of steps. */
export class Faults {
  readonly #groups = new Map<string, FaultGroup>();

  add(what: 'instance' | 'run' | 'event', of: string, { step, thrown }: Fault, reason: string): void {
    const text = thrown === undefined ? reason : messageOf(thrown);
    const line = lineOf(thrown, step.file);
    const key = JSON.stringify([step.file, line, what, of, text]);
    const count = (this.#groups.get(key)?.count ?? 0) + 1;
    if (count === 1 && this.#groups.size >= listed) return;
    this.#groups.set(key, { file: step.file, line, what, of, reason: text, count });
  }

  list(): readonly FaultGroup[] {
    return [...this.#groups.values()];
  }
}

/** Steps whose functions failed: nothing was migrated. */
export class StepsFailed extends MigrationError {
  override readonly name = 'StepsFailed';
  /** One for each reason. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(groups: readonly FaultGroup[]) {
    const diagnostics = groups.map(({ file, line = 1, what, of, reason, count }) => ({
      code: 'MR3518',
      severity: 'error' as const,
      message: `${count} ${what}${count === 1 ? '' : 's'} of '${of}': ${reason}`,
      file,
      line,
      column: 1,
      endLine: line,
      endColumn: 1,
      hint: 'Nothing was migrated. Mend the step; or let such rows stay as they are, with --leave.',
    }));
    super('MR3518', `A step failed. ${diagnostics.map(({ message }) => message).join('; ')}`, { fault: 'user-code' });
    this.diagnostics = diagnostics;
  }
}

/** The line of a file from which something was thrown. */
function lineOf(thrown: unknown, file: string): number | undefined {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return undefined;
  const name = file.split(/[\\/]/).at(-1) ?? file;
  for (const frame of thrown.stack.split('\n')) {
    const at = frame.lastIndexOf(`/${name}`);
    const place = at === -1 ? null : /^(?:\?[^:)]*)?:(\d+)/.exec(frame.slice(at + name.length + 1));
    if (place !== null) return Number(place[1]);
  }
  return undefined;
}
