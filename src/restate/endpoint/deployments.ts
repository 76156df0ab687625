import { setTimeout as sleep } from 'node:timers/promises';
import { namesOf } from '../names.ts';
import { askAdmin, askSql, noAnswer } from '../server/admin.ts';

/** After how long tables in which nothing was found are looked into again, in ms. */
const again = 100;

/** An earlier deployment of a system. */
export interface OlderDeployment {
  readonly id: string;
  readonly uri: string;
  /** What no later deployment has: new invocations of these services still go there. */
  readonly newestOf: readonly string[];
  /** How many invocations that have not ended are pinned to it: it has to go on being served until there are none. */
  readonly pinned: number;
  /** The ids of some of the runs among these. */
  readonly runs: readonly string[];
}

/** How many runs are named of each. */
const named = 5;

interface Told {
  readonly id: string;
  readonly uri?: string;
  readonly services: readonly { readonly name: string; readonly revision?: number }[];
}

/** A deployment that a server knows. */
interface Deployment {
  readonly id: string;
  readonly uri: string;
  readonly services: readonly string[];
  /** The services of it whose new invocations go to it. */
  readonly newestOf: readonly string[];
}

/**
 * The deployments that a server knows.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function deploymentsOf(admin: string): Promise<readonly Deployment[]> {
  const { status, body } = await askAdmin(admin, '/deployments');
  const { deployments } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly deployments?: readonly Told[];
  };
  if (status !== 200 || !Array.isArray(deployments)) {
    throw await noAnswer(admin, 'does not say which deployments it knows', { status, body });
  }
  const all = deployments as readonly Told[];
  const newest = new Map<string, number>();
  for (const { name, revision = 0 } of all.flatMap(({ services }) => services))
    newest.set(name, Math.max(revision, newest.get(name) ?? 0));
  return all.map(({ id, uri = '', services }) => ({
    id,
    uri,
    services: services.map(({ name }) => name),
    newestOf: services.filter(({ name, revision = 0 }) => revision === newest.get(name)).map(({ name }) => name),
  }));
}

/**
 * The deployments of a system that are older than the present one, and what is still under way there. One without anything
 * may be stopped. One that the present one's new invocations go to is none of them.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function olderDeployments(
  admin: string,
  system: string,
  present: string,
): Promise<readonly OlderDeployment[]> {
  const prefix = `${namesOf(system).system}.`;
  const all = await deploymentsOf(admin);
  const own = new Set(all.find(({ id }) => id === present)?.services);
  const older = all.filter(
    ({ id, services, newestOf }) =>
      id !== present && services.some((name) => name.startsWith(prefix)) && !newestOf.some((name) => own.has(name)),
  );
  if (older.length === 0) return [];
  const counts = await pinnedTo(admin);
  // While a server starts, or stops, its tables seem to be empty: nothing is only nothing when it is found twice.
  if (older.some(({ id }) => !counts.has(id))) {
    await sleep(again);
    for (const [id, pinned] of await pinnedTo(admin)) counts.set(id, pinned);
  }
  return Promise.all(
    older.map(async ({ id, uri, newestOf }) => {
      const pinned = counts.get(id) ?? 0;
      return { id, uri, newestOf, pinned, runs: pinned === 0 ? [] : await runsAt(admin, id, `${prefix}flows.`) };
    }),
  );
}

async function runsAt(admin: string, deployment: string, flows: string): Promise<readonly string[]> {
  const rows = await askSql(
    admin,
    `SELECT idempotency_key AS run FROM sys_invocation WHERE status <> 'completed' AND pinned_deployment_id = '${deployment}'
     AND target_service_name LIKE '${flows}%' AND idempotency_key IS NOT NULL ORDER BY created_at LIMIT ${named}`,
  );
  return rows.map(({ run }) => String(run));
}

/** How many invocations that have not ended are pinned to each deployment that has some. */
export async function pinnedTo(admin: string): Promise<Map<string, number>> {
  const rows = await askSql(
    admin,
    `SELECT pinned_deployment_id AS id, COUNT(*) AS pinned FROM sys_invocation
     WHERE status <> 'completed' AND pinned_deployment_id IS NOT NULL GROUP BY pinned_deployment_id`,
  );
  return new Map(rows.map(({ id, pinned }) => [String(id), Number(pinned)]));
}
