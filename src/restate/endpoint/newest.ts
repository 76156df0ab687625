import { askAdmin } from '../server/admin.ts';
import { deploymentsOf, pinnedTo } from './deployments.ts';

/** The deployment that new invocations of a system go to. */
export interface NewestDeployment {
  readonly id: string;
  readonly uri: string;
  /** Whether the server reaches it. If not, new invocations wait until it is back. */
  readonly listens: boolean;
  /** How many invocations that have not ended are pinned to it. */
  readonly pinned: number;
}

/**
 * Where new invocations of a system go, when that is not the deployment `id`. The server is asked to look whether somebody
 * is there: it may reach what this process does not, or the other way round.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5214 when it gives no answer.
 */
export async function newestBeside(
  admin: string,
  id: string,
  signal?: AbortSignal,
): Promise<NewestDeployment | undefined> {
  const all = await deploymentsOf(admin);
  const newest = all.find((one) => one.id !== id && one.newestOf.some((name) => holds(all, id, name)));
  if (newest === undefined) return undefined;
  const { uri } = newest;
  const looks = { uri, force: true, dry_run: true };
  const { status } = await askAdmin(admin, '/deployments', {
    method: 'POST',
    body: looks,
    ...(signal !== undefined && { signal }),
  });
  return { id: newest.id, uri, listens: status < 300, pinned: (await pinnedTo(admin)).get(newest.id) ?? 0 };
}

const holds = (all: Awaited<ReturnType<typeof deploymentsOf>>, id: string, service: string): boolean =>
  all.some((one) => one.id === id && one.services.includes(service));
