import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../engine/index.ts';
import type { PauseAsks, PauseGives } from '../../runtime/index.ts';
import { order, type Desk } from './desk.ts';
import { invocations, isRun, type Invocation } from './invocations.ts';
import { resultOf, type Entry } from './journal.ts';
import { knownRun } from './known.ts';
import { cannot } from './refused.ts';
import { quoted } from './sql.ts';
import { lookAt } from './views.ts';

/** Pauses a run and the flows that it runs: what is under way ends, nothing more begins. */
export async function pause(desk: Desk, { runId, inFlight }: PauseAsks): Promise<PauseGives> {
  if (inFlight === 'abort') {
    throw cannot(
      'what is under way when a run is paused always ends first',
      'Pause it without aborting, or cancel it.',
    );
  }
  const { view, invocation, entries } = await knownRun(desk, runId);
  const refuse = (why: string): RunError =>
    new RunError('MR3250', `Run '${runId}' cannot be paused: ${why}.`, {
      details: { run: runId, status: view.status },
    });
  if (view.endedAt !== undefined || view.status === 'blocked') throw refuse(`it is ${view.status}`);
  if (view.status !== 'paused' && isEnding(entries)) throw refuse('it is about to end');
  const runs: string[] = [];
  if (invocation.status !== 'paused') {
    if (!(await rest(desk, invocation.id))) throw refuse('it has just ended');
    runs.push(runId);
  }
  // What it began before it was paused may begin something itself until it is paused, too.
  const done = new Set<string>();
  for (let found = -1; found !== done.size;) {
    found = done.size;
    for (const child of await below(desk, runId)) {
      if (done.has(child.id)) continue;
      done.add(child.id);
      if (child.status === 'paused') continue;
      if (await rest(desk, child.id)) runs.push(child.key ?? child.id);
    }
  }
  return { runId, status: 'paused', runs };
}

/** How long it is looked whether a pause has come, in ms: an attempt that is under way ends first, and may take long. */
const patience = 1000;

/**
 * Lets an invocation rest; false: it has ended. The server pauses only what is at work: what waits, whose process it has
 * let go of, is called first, and one that goes to wait in the very moment is ordered again.
 */
async function rest(desk: Desk, id: string): Promise<boolean> {
  for (const begun = performance.now(); ; await sleep(20)) {
    const { status: answer } = await order(desk, id, 'pause');
    if (answer === 404 || answer === 409) return false;
    const [now] = await invocations(desk, `id = ${quoted(id)}`);
    if (now === undefined || now.status === 'completed') return false;
    if (now.status === 'paused') return true;
    if (now.status === 'suspended') await order(desk, id, 'resume');
    else if (performance.now() - begun > patience) return true;
  }
}

/** Goes on with a paused run and the flows that it runs. */
export async function resume(desk: Desk, runId: string): Promise<PauseGives> {
  const { view, invocation } = await knownRun(desk, runId);
  if (view.status !== 'paused') {
    const instead = view.status === 'blocked' ? ' A retry lets it go on with the newest code.' : '';
    throw new RunError('MR3251', `Run '${runId}' is not paused: it is ${view.status}.${instead}`, {
      details: { run: runId, status: view.status },
    });
  }
  const runs: string[] = [];
  const children = (await below(desk, runId)).filter(({ status }) => status === 'paused');
  const seen = await lookAt(desk, children);
  const resting = seen.filter((child) => child.view.status === 'paused');
  for (const [id, run] of [
    [invocation.id, runId] as const,
    ...resting.map((child) => [child.invocation.id, child.view.id] as const),
  ]) {
    const { status } = await order(desk, id, 'resume');
    if (status < 300) runs.push(run);
  }
  return { runId, status: 'running', runs };
}

/** The flows that a run runs, in whatever depth, that have not ended. */
function below(desk: Desk, run: string): Promise<readonly Invocation[]> {
  const where = `starts_with(idempotency_key, ${quoted(`${run}/`)}) AND status <> 'completed' AND ${isRun(desk)}`;
  return invocations(desk, where, 'ORDER BY created_at');
}

/** Is it being undone, or saying its last word? */
const isEnding = (entries: readonly Entry[]): boolean =>
  entries.some((each) => each.command && /(?:^|\/)~(?:undo|onFailure)\b/.test(each.name) && !resultOf(entries, each));
