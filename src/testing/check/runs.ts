import type { JournalRow, RunRow } from '../../store/index.ts';
import { effective, Rewinds } from '../../runtime/rewind/rewound.ts';
import { checkJournal, linesOf } from './journal.ts';
import type { Findings } from './violation.ts';

const final: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** Has the run come to its end? */
export const isOver = ({ status }: Pick<RunRow, 'status'>): boolean => final.has(status);

/** Rows of runs, their journals, and what has to stand beside them. */
export function checkRuns(findings: Findings): void {
  const rows = findings.tables.runs.list({});
  const known = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows) {
    checkRow(findings, row);
    const journal = findings.tables.journal.of(row.id);
    const paths = linesOf(effective(journal));
    checkJournal(findings, row.id, journal, paths);
    checkResting(findings, row, paths);
    checkParent(findings, row, known);
    checkChildren(findings, row, paths);
  }
}

function checkRow({ tables, found, json }: Findings, row: RunRow): void {
  const at = `run ${row.id}`;
  const over = isOver(row);
  for (const column of ['input', 'output', 'error', 'errors', 'metadata', 'renamed'] as const)
    json(at, column, row[column]);
  if (over !== (row.ended !== null)) found('run', at, `it is ${row.status}, and its end is ${String(row.ended)}`);
  const bad = row.status === 'failed' || row.status === 'cancelled' || row.status === 'blocked';
  if (bad !== (row.error !== null)) found('run', at, `it is ${row.status}, and its error is ${row.error ?? 'null'}`);
  if (!over) return;
  if (tables.waits.of(row.id).length > 0) found('wait', at, `it is ${row.status} and waits for events`);
  if (tables.timers.of(row.id).length > 0) found('timer', at, `it is ${row.status} and has timers`);
  if (row.ref !== null) found('run', at, `it is ${row.status}, and an instance still waits for it`);
}

/** What waits has what wakes it. */
function checkResting(
  { tables, found }: Findings,
  row: RunRow,
  paths: ReadonlyMap<string, readonly JournalRow[]>,
): void {
  if (isOver(row)) return;
  const at = `run ${row.id}`;
  const timers = new Set(tables.timers.of(row.id).map(({ part }) => part));
  const waits = new Set(tables.waits.of(row.id).map(({ path }) => path));
  for (const [path, lines] of paths) {
    const last = lines.at(-1);
    if (last?.kind === 'sleeping' && !timers.has(path)) found('timer', at, `'${path}' sleeps without a timer`);
    if ((last?.kind === 'waiting' || last?.kind === 'asked') && !waits.has(path))
      found('wait', at, `'${path}' waits, and nothing wakes it`);
    if (last?.kind === 'received') checkConsumed({ tables, found }, row.id, last);
  }
}

function checkConsumed({ tables, found }: Pick<Findings, 'tables' | 'found'>, run: string, line: JournalRow): void {
  const id = eventOf(line);
  const event = id === undefined ? undefined : tables.events.get(id);
  if (event !== undefined && !tables.events.consumed(run, event.seq))
    found('event', `run ${run}`, `'${line.path}' has received event ${event.id}, which it could take again`);
}

function eventOf({ data }: JournalRow): string | undefined {
  try {
    const read = JSON.parse(data ?? '{}') as { readonly event?: string };
    return read.event;
  } catch {
    // Told already.
    return undefined;
  }
}

/** A run that was called is known to its caller, and its end is. */
function checkParent(findings: Findings, row: RunRow, known: ReadonlyMap<string, RunRow>): void {
  if (row.parent === null || row.parentPath === null) return;
  const { tables, found } = findings;
  const at = `run ${row.id}`;
  const parent = known.get(row.parent);
  if (parent === undefined) return found('child', at, `its parent '${row.parent}' is not there`);
  // One whose failed undo is done again has told its end.
  const hasEnded = isOver(row) || new Rewinds(tables.journal.of(row.id)).ended;
  if (isOver(parent) && !hasEnded) return found('child', at, `it is ${row.status}, its parent ${parent.status}`);
  const lines = tables.journal.of(row.parent).filter(({ path }) => path === row.parentPath);
  const calls = lines.filter(({ kind }) => kind === 'called').length;
  if (calls === 0) found('child', at, `its parent '${row.parent}' has not called it at '${row.parentPath}'`);
  const last = lines.at(-1)?.kind;
  if (isOver(row) && calls === 1 && last === 'called')
    found('child', at, `it is ${row.status}, and its parent has not been told`);
}

/** A call that has not come back has a run that is under way. */
function checkChildren(
  { tables, found }: Findings,
  row: RunRow,
  paths: ReadonlyMap<string, readonly JournalRow[]>,
): void {
  // The runs that a forked one had called before are those of its original.
  if (isOver(row) || row.forked !== null) return;
  const open = [...paths].filter(([, lines]) => lines.at(-1)?.kind === 'called').map(([path]) => path);
  if (open.length === 0) return;
  const children = tables.runs.list({ parent: row.id });
  for (const path of open) {
    const under = children.filter(({ parentPath, status }) => parentPath === path && !final.has(status));
    if (under.length !== 1)
      found('child', `run ${row.id}`, `'${path}' waits for a run, and ${under.length} are under way`);
  }
}
