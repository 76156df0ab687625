import { setTimeout as sleep } from 'node:timers/promises';
import type { OlderDeployment } from '../../../restate/index.ts';
import type { Io } from '../../kit/io.ts';

const every = 5000;

/**
 * Says which earlier deployments of a system still have something under way, and later, while it is served, when one of them
 * may be stopped.
 */
export async function followOlder(
  io: Io,
  admin: string,
  system: string,
  present: string,
  signal: AbortSignal,
): Promise<readonly OlderDeployment[]> {
  const { olderDeployments } = await import('../../../restate/index.ts');
  const older = await olderDeployments(admin, system, present);
  for (const one of older) io.note(words(one, admin));
  void follow(
    io,
    older.filter(({ pinned }) => pinned > 0),
    async () => olderDeployments(admin, system, present),
    admin,
    signal,
  );
  return older;
}

async function follow(
  io: Io,
  busy: readonly OlderDeployment[],
  look: () => Promise<readonly OlderDeployment[]>,
  admin: string,
  signal: AbortSignal,
): Promise<void> {
  while (busy.length > 0 && !signal.aborted) {
    const stopped = await sleep(every, false, { signal, ref: false }).catch(() => true);
    if (stopped) return;
    // A server that is away for a while says nothing of it; the endpoint waits for it, too.
    const now = await look().catch(() => undefined);
    if (now === undefined) continue;
    // One that is not among them is not there any more, or the newest again.
    busy = busy.filter(({ id }) => now.some((one) => one.id === id));
    const over = now.filter(({ id, pinned }) => pinned === 0 && busy.some((one) => one.id === id));
    for (const one of over) io.note(words(one, admin));
    busy = busy.filter(({ id }) => !over.some((one) => one.id === id));
  }
}

function words({ id, uri, newestOf, pinned, runs }: OlderDeployment, admin: string): string {
  if (pinned > 0) {
    const some = runs.length === 0 ? '' : ` (${runs.join(', ')}${pinned > runs.length ? ', …' : ''})`;
    return `  The deployment ${id} at ${uri} still has ${pinned} under way${some}: it has to be served until they have ended.`;
  }
  if (newestOf.length > 0)
    return `  The deployment ${id} at ${uri} has nothing under way, but ${newestOf.join(', ')}, which no later one has: serve it as long as these are called, or take it out: ${removal(admin, id)}`;
  return `  The deployment ${id} at ${uri} has nothing under way: it may be stopped, and taken out: ${removal(admin, id)}`;
}

/** What takes a deployment out. Without force the server of today does not do it. */
export const removal = (admin: string, id: string): string => `curl -X DELETE '${admin}/deployments/${id}?force=true'`;
