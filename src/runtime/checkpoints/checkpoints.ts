import type { JournalRow, Tables } from '../../store/index.ts';
import { effective } from '../rewind/rewound.ts';

/** A committed step of a run: where the run can be forked, and go back to. */
export interface CheckpointView {
  readonly runId: string;
  readonly flow: string;
  /** The number of its line in the journal of the run. */
  readonly seq: number;
  /** The path of the step. */
  readonly path: string;
  /** The task, flow or event; absent for a wait. */
  readonly target?: string;
  readonly attempt: number;
  /** In ms since 1970. */
  readonly at: number;
  /**
   * What its evidence says: `verified`, or `refuted` when it did not hold; a step that declares none is `trusted`, since its
   * result is on the disk.
   */
  readonly status: 'trusted' | 'verified' | 'refuted';
  /** Is it part of what the run has done? False: the run has gone back to before it. */
  readonly counts: boolean;
}

/** Which checkpoints: of one run, or of those of a task or of a flow. Newest first. */
export interface CheckpointQuery {
  readonly run?: string;
  /** The task of the step. */
  readonly task?: string;
  /** The flow of the run. */
  readonly flow?: string;
  /** Default 100. */
  readonly limit?: number;
}

const committed: ReadonlySet<JournalRow['kind']> = new Set([
  'completed',
  'slept',
  'received',
  'decided',
  'emitted',
  'closed',
  'won',
  'chosen',
  'mapped',
]);

/** Does this line commit a step of the flow itself? What is undone is no place to go on from. */
export function isCheckpoint({ kind, path }: Pick<JournalRow, 'kind' | 'path'>): boolean {
  return committed.has(kind) && !/(?:^|\/)~(?:undo|onFailure)(?:\/|$)/.test(path);
}

/** How many runs are looked through at once. */
const page = 100;

/** The checkpoints that a query asks for, newest first. */
export function checkpointsOf(tables: Tables, query: CheckpointQuery): CheckpointView[] {
  const { run, task, flow, limit = 100 } = query;
  const found: CheckpointView[] = [];
  const add = (id: string, target: string): void => {
    if (flow !== undefined && target !== flow) return;
    found.push(
      ...inRun(tables.journal.of(id), id, target).filter((each) => task === undefined || each.target === task),
    );
  };
  if (run !== undefined) {
    const row = tables.runs.get(run);
    if (row !== undefined) add(run, row.target);
  } else {
    const filter = flow === undefined ? {} : { target: flow };
    for (let offset = 0; ; offset += page) {
      const rows = tables.runs.list({ ...filter, limit: page, offset });
      for (const { id, target } of rows) add(id, target);
      if (rows.length < page || found.length > 100 * limit) break;
    }
  }
  // Of one run they are in order, whatever its clock did.
  if (run === undefined) found.sort((a, b) => b.at - a.at || b.seq - a.seq);
  return found.slice(0, limit);
}

function inRun(rows: readonly JournalRow[], runId: string, flow: string): CheckpointView[] {
  const counting = new Set(effective(rows).map(({ seq }) => seq));
  const evidence = new Map<string, boolean>();
  const views: CheckpointView[] = [];
  // From the newest line on, so that evidence that was looked at again counts.
  for (const row of rows.toReversed()) {
    if (row.kind === 'verified' && row.path.endsWith('/~evidence') && counting.has(row.seq)) {
      const step = row.path.slice(0, -'/~evidence'.length);
      if (!evidence.has(step)) evidence.set(step, (JSON.parse(row.data ?? '{}') as { ok?: boolean }).ok === true);
    }
    if (!isCheckpoint(row)) continue;
    const counts = counting.has(row.seq);
    const ok = counts ? evidence.get(row.path) : undefined;
    views.push({
      runId,
      flow,
      seq: row.seq,
      path: row.path,
      ...(row.name === null ? {} : { target: row.name }),
      attempt: row.attempt,
      at: row.at,
      status: ok === undefined ? 'trusted' : ok ? 'verified' : 'refuted',
      counts,
    });
  }
  return views;
}
