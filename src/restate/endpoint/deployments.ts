import { askAdmin, askSql } from '../server/admin.ts';
import { namesOf } from '../names.ts';

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
  const { body } = await askAdmin(admin, '/deployments');
  const { deployments = [] } = body as { readonly deployments?: readonly Deployment[] };
  const older = deployments.filter(
    ({ id, services }) => id !== present && services.some(({ name }) => name.startsWith(prefix)),
  );
  if (older.length === 0) return [];
  const rows = await askSql(
    admin,
    `SELECT pinned_deployment_id AS id, COUNT(*) AS pinned FROM sys_invocation
     WHERE status <> 'completed' AND pinned_deployment_id IS NOT NULL GROUP BY pinned_deployment_id`,
  );
  const counts = new Map(rows.map(({ id, pinned }) => [id, Number(pinned)]));
  return older.map(({ id, uri = '' }) => ({ id, uri, pinned: counts.get(id) ?? 0 }));
}
