import { setTimeout as sleep } from 'node:timers/promises';
import { RestateError } from '../errors.ts';
import { namesOf } from '../names.ts';
import { askAdmin, askSql, said } from '../server/admin.ts';

/** After how long tables in which nothing was found are looked into again, in ms. */
const again = 100;

/** An earlier deployment of a system. */
export interface OlderDeployment {
  readonly id: string;
  readonly uri: string;
  /** How many invocations that have not ended are pinned to it: it has to go on being served until there are none. */
  readonly pinned: number;
}

interface Deployment {
  readonly id: string;
  readonly uri?: string;
  readonly services: readonly { readonly name: string }[];
}

/**
 * The deployments of a system besides the present one, and what is still under way there. One without anything may be
 * stopped.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function olderDeployments(
  admin: string,
  system: string,
  present: string,
): Promise<readonly OlderDeployment[]> {
  const prefix = `${namesOf(system).system}.`;
  const { status, body } = await askAdmin(admin, '/deployments');
  const { deployments } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly deployments?: readonly Deployment[];
  };
  if (status !== 200 || !Array.isArray(deployments)) {
    throw new RestateError('MR5214', `The server at ${admin} does not say which deployments it knows: ${said(body)}`, {
      details: { status },
    });
  }
  const older = (deployments as readonly Deployment[]).filter(
    ({ id, services }) => id !== present && services.some(({ name }) => name.startsWith(prefix)),
  );
  if (older.length === 0) return [];
  const counts = await pinnedTo(admin);
  // While a server starts, or stops, its tables seem to be empty: nothing is only nothing when it is found twice.
  if (older.some(({ id }) => !counts.has(id))) {
    await sleep(again);
    for (const [id, pinned] of await pinnedTo(admin)) counts.set(id, pinned);
  }
  return older.map(({ id, uri = '' }) => ({ id, uri, pinned: counts.get(id) ?? 0 }));
}

async function pinnedTo(admin: string): Promise<Map<string, number>> {
  const rows = await askSql(
    admin,
    `SELECT pinned_deployment_id AS id, COUNT(*) AS pinned FROM sys_invocation
     WHERE status <> 'completed' AND pinned_deployment_id IS NOT NULL GROUP BY pinned_deployment_id`,
  );
  return new Map(rows.map(({ id, pinned }) => [String(id), Number(pinned)]));
}
