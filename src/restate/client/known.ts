import { RunError } from '../../engine/index.ts';
import type { Desk } from './desk.ts';
import { findRun } from './invocations.ts';
import { lookAt, type Seen } from './views.ts';

/** A run that there is. */
export interface Known extends Seen {
  /** How often it was retried. */
  readonly restarts: number;
}

/** The run of this id, with its whole journal. */
export async function seen(desk: Desk, run: string): Promise<Known | undefined> {
  const found = await findRun(desk, run);
  if (found === undefined) return undefined;
  const [one] = await lookAt(desk, [found.invocation], { whole: true });
  return one === undefined ? undefined : { ...one, restarts: found.restarts };
}

/** @throws RunError MR3208 when there is none. */
export async function knownRun(desk: Desk, run: string, details: object = {}): Promise<Known> {
  const known = await seen(desk, run);
  if (known === undefined) throw new RunError('MR3208', `There is no run '${run}'.`, { details: { run, ...details } });
  return known;
}
