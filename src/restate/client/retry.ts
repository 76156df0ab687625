import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '../../core/index.ts';
import { RunError } from '../../engine/index.ts';
import type { RetryAsks, RetryGives } from '../../runtime/index.ts';
import { RestateError } from '../errors.ts';
import { said } from '../server/admin.ts';
import { order, type Desk, type FullDesk } from './desk.ts';
import { brokenOffAt, cutAt } from './halfway.ts';
import { invocations, isRun } from './invocations.ts';
import { endOf, failedIn, resultOf, type Entry } from './journal.ts';
import { knownRun, type Known } from './known.ts';
import { cannot } from './refused.ts';
import { quoted } from './sql.ts';
import { commandsOf, type Command } from './steps.ts';

/**
 * Does what failed again, or a step and what came after it: a new invocation, with the journal of the old one up to there.
 * It runs the newest deployment. What is undone is done again, so it goes back at least to there.
 */
export async function retry(desk: FullDesk, asks: RetryAsks): Promise<RetryGives> {
  const { runId, fromStep, input, by, reason } = asks;
  if (input !== undefined) throw cannot('a step is not retried with another input', 'Start a new run with it.');
  if (by !== undefined || reason !== undefined)
    throw cannot('a retry carries no reason and no name', 'Leave them out.');
  const known = await knownRun(desk, runId);
  const { version, hash } = desk.system;
  const gives = { runId, status: 'running', version, hash, parents: [] } as const;
  if (known.view.status === 'blocked' && fromStep === undefined) {
    await goOn(desk, known);
    return { ...gives, epoch: known.restarts, dropped: [] };
  }
  checkState(known, fromStep);
  checkParent(known);
  const plan = planOf(desk, known, fromStep);
  // Only what has ended can begin again. It is not told to anybody: it could not be run.
  if (known.view.status === 'blocked') await end(desk, known);
  await forget(desk, known, plan);
  const { status, body } = await order(desk, known.invocation.id, `restart-as-new?from=${plan.from}&deployment=latest`);
  if (status >= 300) {
    throw new RestateError('MR5232', `The server of Restate does not begin run '${runId}' again: ${said(body)}`, {
      details: { run: runId, from: plan.from },
    });
  }
  return {
    ...gives,
    ...(plan.step === undefined ? {} : { fromStep: plan.step }),
    epoch: known.restarts + 1,
    dropped: plan.dropped,
  };
}

async function end(desk: Desk, { invocation }: Known): Promise<void> {
  await order(desk, invocation.id, 'kill');
  for (let tries = 0; tries < 100; tries++) {
    const [now] = await invocations(desk, `id = ${quoted(invocation.id)}`);
    if (now === undefined || now.status === 'completed') return;
    await sleep(50);
  }
}

/** Lets go of the runs that it began after there: they begin anew, under the same ids. */
async function forget(desk: Desk, { view }: Known, { dropped }: Plan): Promise<void> {
  for (const path of dropped) {
    const key = `${view.id}/${path}`;
    const where = `(idempotency_key = ${quoted(key)} OR starts_with(idempotency_key, ${quoted(`${key}~`)}) OR starts_with(idempotency_key, ${quoted(`${key}/`)}))`;
    const all = await invocations(desk, `${where} AND status = 'completed' AND ${isRun(desk)}`);
    await Promise.all(all.map(({ id }) => order(desk, id, 'purge')));
  }
}

/** Lets a run go on that its code did not fit, with the code that is newest. It may have gone on by itself meanwhile. */
async function goOn(desk: Desk, { invocation }: Known): Promise<void> {
  // Only what rests can change its code.
  if (invocation.status !== 'paused') await order(desk, invocation.id, 'pause');
  for (let tries = 0; ; tries++) {
    const { status, body } = await order(desk, invocation.id, 'resume?deployment=latest');
    if (status < 300) return;
    const [now] = await invocations(desk, `id = ${quoted(invocation.id)}`);
    if (now?.status === 'completed') return;
    if (tries > 20) {
      throw new RestateError('MR5232', `The server of Restate does not go on with it: ${said(body)}`, {
        details: { invocation: invocation.id },
      });
    }
    await sleep(50);
  }
}

function checkState({ view }: Known, fromStep: string | undefined): void {
  const { id, status } = view;
  const details = { run: id, status };
  if (status === 'completed' || status === 'cancelled') {
    throw new RunError('MR3252', `Run '${id}' is ${status}, and that is final. Start a new run.`, { details });
  }
  if (status === 'failed' || status === 'blocked') return;
  if (fromStep === undefined) {
    throw new RunError(
      'MR3253',
      `Run '${id}' cannot be retried: it is ${status}, and nothing of it has failed. Let it come to its end first.`,
      { details },
    );
  }
  throw cannot(
    `a run is not taken back before it has failed, and run '${id}' is ${status}`,
    'Let it come to its end, or cancel it and start a new one.',
  );
}

/** The run above has gone on with the failure. Retried, that one begins a new run in the place of this. */
function checkParent({ view, asks }: Known): void {
  const parent = asks?.parent;
  if (parent === undefined) return;
  throw new RunError(
    'MR3257',
    `Run '${view.id}' cannot be retried by itself: run '${parent.run}', which began it at '${parent.step}', has gone on without it. Retry that one: it begins a new run in its place.`,
    { details: { run: view.id, parent: parent.run, step: parent.step } },
  );
}

interface Plan {
  /** The newest entry of the journal that is kept. */
  readonly from: number;
  /** Absent where it was no step that failed, and none is done again. */
  readonly step: string | undefined;
  readonly dropped: readonly string[];
}

/** @throws RunError MR3254 when it has not come to such a step. */
function planOf(desk: Desk, { view, entries }: Known, fromStep: string | undefined): Plan {
  const commands = commandsOf(desk, entries);
  const named = fromStep ?? failedStep(commands, entries, view.id);
  const isIn = (path: string, step: string): boolean => step === '' || path === step || path.startsWith(`${step}/`);
  const asked = commands.find(({ path }) => isIn(path, named));
  if (asked === undefined && named !== '') {
    const steps = [...new Set(commands.map(({ path }) => path))].filter((path) => !path.includes('~'));
    throw new RunError(
      'MR3254',
      `Run '${view.id}' has not come to a step '${named}'.${steps.length === 0 ? '' : ` It has come to ${steps.join(', ')}.`}`,
      { details: { run: view.id, step: named } },
    );
  }
  const first = (each: Command | undefined): number => each?.entry.index ?? 1;
  const undone = commands.flatMap(({ path, entry: { index } }) => {
    if (!path.endsWith('/~undo')) return [];
    const step = path.slice(0, -'/~undo'.length);
    return [{ index, step: first(commands.find((each) => isIn(each.path, step))) }];
  });
  const begins = fromStep === undefined ? brokenOffAt(entries, view) : 1;
  let at = Math.min(
    named === '' ? begins : first(asked),
    // The server copies only what has ended.
    entries.find((each) => isOpen(each, entries))?.index ?? Infinity,
  );
  // What was undone has to be done again before anything that came after it; not where its undo is kept as well, as that of
  // a part whose failure was handled before.
  for (let before = Infinity; at < before;) {
    before = at;
    const again = undone.filter(({ index }) => index >= before);
    at = Math.min(cutAt(desk, entries, before), ...again.map(({ step }) => step));
  }
  const again = commands.filter(({ entry, path }) => entry.index >= at && !/~(?:undo|onFailure)/.test(path));
  const dropped = [...new Set(again.map(({ path }) => path))];
  // Of what comes before the first step, such as a time limit, nothing is kept either.
  const from = commands.some(({ entry }) => entry.index < at) ? at - 1 : 0;
  return { from, step: fromStep ?? dropped[0], dropped };
}

const isOpen = (entry: Entry, entries: readonly Entry[]): boolean =>
  entry.command && entry.completion !== undefined && resultOf(entries, entry) === undefined;

/** The step that a run has failed at; `''` where it was none. */
function failedStep(commands: readonly Command[], entries: readonly Entry[], id: string): string {
  const end = endOf(entries);
  const error = end?.ok === false ? end.failed?.error : undefined;
  if (error === undefined) return '';
  // With the error of a run below, whose steps may be called as its own are.
  const same = canonicalJson(error);
  const below = commands.find(
    ({ result, does }) => does === 'child' && canonicalJson(failedIn(result?.content.result)?.error) === same,
  );
  if (below !== undefined) return below.path;
  const { run = id, step } = error.details ?? {};
  return run === id && typeof step === 'string' && commands.some(({ path }) => path === step) ? step : '';
}
