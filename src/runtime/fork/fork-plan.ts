import type { JournalRow, RunRow, Tables } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { RunError } from '../../engine/index.ts';
import { checkedEdit } from '../rewind/edit.ts';
import { pastOf, type Forked } from '../rewind/past.ts';
import { linesUpTo } from '../rewind/let-go.ts';
import { planOf } from '../rewind/plan.ts';
import { lineOf, noStep } from '../rewind/rewind.ts';
import { effective, Rewinds, stepsOf, without, type Rewound } from '../rewind/rewound.ts';
import { isParked } from '../workers/lost.ts';
import { isCheckpoint } from '../checkpoints/checkpoints.ts';
import { knownRun } from '../known-run.ts';

/** A new run that is to begin where another one was. */
export interface ForkAsks {
  readonly runId: string;
  /** The path of the step from which it goes on; `''`: from the start. Default: what failed. */
  readonly fromStep?: string | undefined;
  /** Instead: the number of the checkpoint after which it goes on. */
  readonly at?: number | undefined;
  /** Another input for that step; with `fromStep: ''` for the run. */
  readonly input?: unknown;
  /** The id of the new run. */
  readonly id?: string | undefined;
  /** Who wants it. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** What the new run takes with it. */
export interface ForkPlan {
  readonly from: RunRow;
  /** The lines that are copied, as the other run has them. */
  readonly lines: readonly JournalRow[];
  /** Effective lines of the other run that are not. */
  readonly left: readonly JournalRow[];
  /** Inputs that steps were given, by their path. */
  readonly edits: ReadonlyMap<string, { readonly input: unknown }>;
  /** JSON text. */
  readonly input: string | null;
  /** The paths of what it has to do again although the other run has done it. */
  readonly again: readonly string[];
}

const underWay: ReadonlySet<JournalRow['kind']> = new Set([
  'started',
  'retrying',
  'lost',
  'called',
  'sleeping',
  'waiting',
  'asked',
]);

/** What a fork comes to. @throws RunError MR3208, MR3254, MR3255, MR3258. */
export function planFork(desk: Context, tables: Tables, asks: ForkAsks, passed: ReadonlySet<string>): ForkPlan {
  const { runId, at, fromStep } = asks;
  const row = knownRun(tables, runId);
  if ((at === undefined) === (fromStep === undefined) && (at !== undefined || row.status !== 'failed')) {
    throw new RunError(
      'MR3258',
      `Say from where run '${runId}' is to be forked: either from a step (fromStep), or after a checkpoint (at).${parkedAt(row)}`,
      { details: { run: runId } },
    );
  }
  const all = tables.journal.of(runId);
  const rows = at === undefined ? all : upTo(all, runId, at);
  const then = effective(rows);
  const undone = at === undefined ? [] : undoneSince(all, then, at);
  const isFailed =
    (at === undefined && (row.status === 'failed' || row.status === 'cancelled')) ||
    then.some(({ kind }) => kind === 'stopping');
  const steps = fromStep === undefined ? undone : [fromStep];
  const taken = planOf(then, { steps, passed, failed: isFailed });
  if (taken === undefined) throw noStep(runId, fromStep ?? '');
  if (at !== undefined && asks.input !== undefined)
    throw new RunError('MR3255', `An input is for a step: fork run '${runId}' from one (fromStep).`, {
      details: { run: runId },
    });
  const edit = checkedEdit(desk, row, then, asks, taken);
  const lines = withoutUnfinished(without(then, taken));
  const copied = new Set(lines.map(({ seq }) => seq));
  return {
    from: row,
    lines,
    left: effective(all).filter(({ seq }) => !copied.has(seq)),
    edits: editsOf(rows, fromStep ?? stepsOf(taken)[0] ?? '', { ...taken, ...(edit === undefined ? {} : edit) }),
    input: fromStep === '' && edit !== undefined ? JSON.stringify(edit.input) : row.input,
    again: stepsOf(taken),
  };
}

/** Before which step a run is parked, for whoever asks from where. */
function parkedAt({ status, error }: RunRow): string {
  if (status !== 'blocked' || !isParked(error)) return '';
  const { details } = JSON.parse(error ?? '{}') as { readonly details?: { readonly step?: string } };
  return details?.step === undefined ? '' : ` It is parked before step '${details.step}'.`;
}

function upTo(all: readonly JournalRow[], run: string, at: number): readonly JournalRow[] {
  if (all.some((line) => line.seq === at && isCheckpoint(line))) return linesUpTo(all, at);
  throw new RunError(
    'MR3254',
    `Run '${run}' has no checkpoint ${at}. \`dsl checkpoints list ${run}\` shows those that it has.`,
    { details: { run, at } },
  );
}

/** The steps that were done by then, and have been undone since: in the world outside they are not done. */
function undoneSince(all: readonly JournalRow[], then: readonly JournalRow[], at: number): readonly string[] {
  const done = new Set(then.map(({ path }) => path));
  const undos = all.filter(({ seq, path }) => seq > at && path.endsWith('/~undo'));
  return [...new Set(undos.map(({ path }) => path.slice(0, -'/~undo'.length)))].filter((path) => done.has(path));
}

/** What is under way in the other run begins anew in this one. */
function withoutUnfinished(lines: readonly JournalRow[]): readonly JournalRow[] {
  const last = new Map(lines.map(({ path, kind }) => [path, kind]));
  return lines.filter(({ path }) => !underWay.has(last.get(path) as JournalRow['kind']));
}

function editsOf(
  rows: readonly JournalRow[],
  path: string,
  taken: Pick<Rewound, 'drops' | 'ends' | 'input'>,
): ForkPlan['edits'] {
  const rewound = { ...taken, epoch: 0, reason: '', by: null, version: '' };
  return new Rewinds([...rows, lineOf('', 0, 0, path, rewound)]).edits;
}

/** Which lines were let go has no meaning in another journal. */
function renumbered(data: string | null): string {
  return JSON.stringify({ ...(JSON.parse(data ?? '{}') as object), upTo: 0 });
}

/** The row of the new run, and its journal. */
export function forkOf(
  { from, lines, edits, input }: ForkPlan,
  { id, now, version, by, reason }: { id: string; now: number; version: string; by: string | null; reason: string },
): { readonly row: RunRow; readonly journal: readonly JournalRow[] } {
  const before = from.forked === null ? [] : (JSON.parse(from.forked) as Forked).origins;
  const origins: { run: string; upTo: number }[] = [];
  const journal = lines.map((line, index): JournalRow => {
    const run = before.find(({ upTo }) => line.seq <= upTo)?.run ?? from.id;
    const last = origins.at(-1);
    if (last?.run === run) last.upTo = index + 1;
    else origins.push({ run, upTo: index + 1 });
    return { ...line, run: id, seq: index + 1, data: line.kind === 'compacted' ? renumbered(line.data) : line.data };
  });
  for (const [path, edit] of edits) {
    const rewound = { drops: [], ends: [], epoch: 0, reason, by, ...edit, version };
    journal.push(lineOf(id, journal.length + 1, now, path, rewound));
  }
  const forked: Forked = { run: from.id, seq: lines.at(-1)?.seq ?? 0, begun: pastOf(from, []).begun, origins };
  const row: RunRow = {
    ...from,
    id,
    status: 'running',
    input,
    output: null,
    error: null,
    errors: null,
    parent: null,
    parentPath: null,
    machine: null,
    instance: null,
    ref: null,
    forked: JSON.stringify(forked),
    created: now,
    updated: now,
    ended: null,
  };
  return { row, journal };
}
