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
  for (const one of older) io.note(words(one));
  void follow(
    io,
    older.filter(({ pinned }) => pinned > 0),
    async () => olderDeployments(admin, system, present),
    signal,
  );
  return older;
}

async function follow(
  io: Io,
  busy: readonly OlderDeployment[],
  look: () => Promise<readonly OlderDeployment[]>,
  signal: AbortSignal,
): Promise<void> {
  while (busy.length > 0 && !signal.aborted) {
    const stopped = await sleep(every, false, { signal, ref: false }).catch(() => true);
    if (stopped) return;
    // A server that is away for a while says nothing of it; the endpoint waits for it, too.
    const now = await look().catch(() => undefined);
    if (now === undefined) continue;
    const over = busy.filter(({ id }) => (now.find((one) => one.id === id)?.pinned ?? 0) === 0);
    for (const one of over) io.note(words({ ...one, pinned: 0 }));
    busy = busy.filter((one) => !over.includes(one));
  }
}

const words = ({ id, uri, pinned }: OlderDeployment): string =>
  pinned === 0
    ? `  The deployment ${id} at ${uri} has nothing under way: it may be stopped, and taken out with DELETE /deployments/${id}.`
    : `  The deployment ${id} at ${uri} still has ${pinned} under way: it has to be served until they have ended.`;
