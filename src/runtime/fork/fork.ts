import { milliseconds } from '../../core/index.ts';
import type { JournalRow, Tables, Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { RunError, checkRunId, newId } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
import type { Desk } from '../pause.ts';
import { rehearse } from '../rehearse.ts';
import { doesNotFit, moved, passedBy, type RetryReady } from '../rewind/ready.ts';
import { takeUp } from '../rewind/rewind.ts';
import { takenIn } from '../rewind/taken.ts';
import { forkOf, planFork, type ForkAsks, type ForkPlan } from './fork-plan.ts';

/** What came of a fork. */
export interface ForkGives {
  /** The new run. */
  readonly runId: string;
  /** The run that it was made of. */
  readonly from: string;
  /** The number of the newest line of that run's journal that was copied. */
  readonly at: number;
  /** The paths of what it does again. */
  readonly dropped: readonly string[];
  /** Of the system whose code goes on. */
  readonly version: string;
  readonly hash: string;
}

/** What was found out for a fork. */
export interface ForkReady {
  readonly kind: 'fork';
  /** What it would be made of. */
  readonly print: string;
  readonly passed: ReadonlySet<string>;
  readonly refusal: RunError | undefined;
}

const printOf = ({ lines, input, edits }: ForkPlan): string =>
  JSON.stringify([lines.map(({ seq }) => seq), input, [...edits]]);

/** Holds the code against the journal that a fork would have. What is to be refused is refused by `fork`. */
export async function makeForkReady(
  desk: Context & { readonly runs: Map<string, LiveRun> },
  asks: ForkAsks,
): Promise<ForkReady | undefined> {
  const { tables } = desk.store;
  const passed = await passedBy(desk, asks.runId);
  let plan: ForkPlan;
  try {
    plan = planFork(desk, tables, asks, passed);
  } catch (thrown) {
    if (thrown instanceof RunError) return undefined;
    throw thrown;
  }
  const { row, journal } = forkOf(plan, { id: '~', now: 0, version: '', by: null, reason: '' });
  const { reason } = await rehearse(desk, row, journal);
  const refusal = reason === undefined ? undefined : doesNotFit(asks.runId, reason);
  return { kind: 'fork', print: printOf(plan), passed, refusal };
}

/** Does it: see `Controls.fork`. */
export function fork(desk: Desk, tx: Tx, asks: ForkAsks, found?: ForkReady | RetryReady): ForkGives {
  const ready = found?.kind === 'fork' ? found : undefined;
  const { clock, registry } = desk;
  const id = asks.id ?? newId('run', clock.now(), desk.random);
  checkId(tx, asks.id);
  const plan = planFork(desk, tx, asks, ready?.passed ?? new Set());
  if (ready?.print !== printOf(plan)) throw moved(asks.runId);
  if (ready.refusal !== undefined) throw ready.refusal;
  const { version, hash } = registry.system;
  const by = asks.by ?? null;
  const reason = asks.reason ?? `It was forked from run '${asks.runId}'.`;
  const { row, journal } = forkOf(plan, { id, now: clock.now(), version, by, reason });
  tx.runs.insert(row);
  for (const line of journal) tx.journal.append(line);
  for (const seq of takenIn(tx, plan.from.id, plan.lines, plan.left)) tx.events.consume(id, seq);
  const graphs = openGraphs(journal);
  takeUp(tx, id, row.created, { drops: [], ends: graphs }, journal);
  const limit = registry.program(row.kind, row.target)?.timeout;
  if (limit !== undefined) {
    const due = row.created + milliseconds(limit);
    tx.timers.put({ key: id, due, kind: 'run', target: id, part: '', name: null, data: null });
  }
  const at = plan.lines.at(-1)?.seq ?? 0;
  desk.touched.add(id);
  desk.writer.afterCommit(() => {
    if (desk.bus.heard)
      desk.bus.tell({ type: 'run.forked', runId: id, target: row.target, from: asks.runId, checkpoint: at });
    desk.load(id, false);
  });
  return { runId: id, from: asks.runId, at, dropped: plan.again, version, hash };
}

function checkId(tables: Tables, id: string | undefined): void {
  if (id === undefined) return;
  checkRunId(id);
  if (tables.runs.get(id) === undefined) return;
  throw new RunError('MR3202', `There is a run '${id}' already. Choose another id for the fork.`, {
    details: { run: id },
  });
}

function openGraphs(rows: readonly JournalRow[]): readonly string[] {
  const last = new Map(rows.map(({ path, kind }) => [path, kind]));
  return [...last].flatMap(([path, kind]) => (kind === 'opened' ? [path] : []));
}
