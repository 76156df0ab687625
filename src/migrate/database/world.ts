import type { SystemModel } from '../../model/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import type { Fault } from './faults.ts';

/** What a migration of a database knows. */
export interface World {
  /** The id of the migration. */
  readonly id: string;
  /** The name of the system. */
  readonly system: string;
  /** The version to which everything is brought. */
  readonly target: string;
  /**
   * The steps that lead from a version to the target, in order.
   *
   * @throws MigrationError when there is no way.
   */
  readonly stepsFrom: (version: string) => readonly PlannedStep[];
  /** The version of rows that do not say theirs. */
  readonly from: string;
  /** The system as it was at a version, where it was kept; of the target, as it will be. */
  readonly modelOf: (version: string) => SystemModel | undefined;
  /** The target with its functions and schemas. Without it nothing can be checked by running it. */
  readonly live: BoundSystem | undefined;
  /** ms since 1970, by the clock of the database. */
  readonly now: number;
}

/** Why something was left as it was. */
export class NotCarried extends Error {
  override readonly name = 'NotCarried';
  /** The step whose function failed, when that is why. */
  readonly fault: Fault | undefined;

  constructor(message: string, fault?: Fault) {
    super(message);
    this.fault = fault;
  }
}

/** What a record has of its own. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
