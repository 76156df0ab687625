import { OwnerError, isBreaking } from '../../engine/index.ts';
import type { ErrorRecord } from '../../core/index.ts';
import type { Store, WorkRow } from '../../store/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import type { RuntimeOptions } from '../options.ts';
import { versionsOf } from '../versions.ts';

/** How a worker is set up. Either `db` or `store` must be given. */
export interface WorkerOptions extends Pick<
  RuntimeOptions,
  'db' | 'store' | 'clock' | 'logger' | 'drainMs' | 'resources' | 'world' | 'models'
> {
  /** Only work of these tasks. Default: all that have an implementation. */
  readonly tasks?: readonly string[];
  /** How many attempts at a time. Default 8. */
  readonly concurrency?: number;
  /** How long work is held without a sign of life, in ms of real time. Default 300,000. */
  readonly leaseMs?: number;
  /**
   * Drives the database when nobody else does: at once when the owner has ended or is dead, after 10 s when it is silent. When
   * it is replaced in its turn, it goes on as a worker. An object: how the runtime is set up then.
   */
  readonly standby?: boolean | Omit<RuntimeOptions, 'db' | 'store' | 'clock' | 'logger' | 'drainMs'>;
}

/** What a worker tells. */
export type WorkerEvent =
  | {
      readonly type: 'work.started';
      readonly work: string;
      readonly task: string;
      readonly runId: string;
      readonly step: string;
      readonly attempt: number;
    }
  | {
      readonly type: 'work.ended';
      readonly work: string;
      readonly task: string;
      readonly runId: string;
      readonly step: string;
      readonly attempt: number;
      readonly error?: ErrorRecord;
    }
  | { readonly type: 'work.swept'; readonly returned: number; readonly parked: number }
  | { readonly type: 'owner.taken' | 'owner.lost' };

/** A piece of work that is held now. */
export interface LeaseView {
  readonly work: string;
  readonly task: string;
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  /** ms since 1970. */
  readonly expires: number;
}

/** What a piece of work is about. */
export function placeIn({ id, task, run, path, attempt }: WorkRow): Omit<LeaseView, 'expires'> {
  return { work: id, task, runId: run, step: path, attempt };
}

/** @throws OwnerError MR3500 when the database is driven by a version whose work this code may not understand. */
export function checkVersions(store: Store, { name, version }: BoundSystem): void {
  const other = versionsOf(store.tables, name).find((known) => isBreaking(known, version));
  if (other === undefined) return;
  throw new OwnerError(
    'MR3500',
    `This is version ${version} of the system '${name}', and the database is driven by version ${other}, whose work it may not understand. Start workers of the same version as the owner.`,
    { fault: 'input', details: { system: name, version, found: other } },
  );
}
