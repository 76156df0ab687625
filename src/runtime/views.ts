import type { ErrorRecord } from '../core/index.ts';
import type { UsageTotals } from '../llm/index.ts';
import type { JournalRow, RunRow, RunStatus } from '../store/index.ts';
import { readEvidence, type EvidenceResult } from '../tasks/index.ts';
import type { PartialFailure } from './live-run.ts';
import type { Forked } from './rewind/past.ts';
import { effective } from './rewind/rewound.ts';
import { lookAt } from './unreadable.ts';

/** A run as people and programs see it. Times are in ms since 1970; `output` is as recorded, before parsing. */
export interface RunView {
  readonly id: string;
  readonly kind: 'flow' | 'task';
  /** The name of the flow or task. */
  readonly target: string;
  readonly status: RunStatus;
  readonly input: unknown;
  readonly output?: unknown;
  /** Why it failed, was cancelled or is blocked. */
  readonly error?: ErrorRecord;
  /** Failures that did not end it. */
  readonly errors: readonly PartialFailure[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What models have used in it, without the runs that it began. Of a single run; lists leave it out. */
  readonly usage?: UsageTotals;
  readonly parent?: string;
  /** What it was forked from, and the number of the newest line of that run's journal that it took with it. */
  readonly forked?: { readonly run: string; readonly seq: number };
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  /** What of its row cannot be read, because it was changed from outside (MR3020). Absent when all can. */
  readonly unreadable?: readonly ErrorRecord[];
}

export type StepStatus = 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';

/** A step as its journal shows it. */
export interface StepView {
  /** Where it is in its run, such as `prepared/stock/held[3]/line`. */
  readonly path: string;
  readonly kind:
    | 'step'
    | 'child'
    | 'sleep'
    | 'receive'
    | 'approve'
    | 'branch'
    | 'map'
    | 'emit'
    | 'race'
    | 'graph'
    | 'attempt'
    /** Rounds that are over and were let go: `output` says how many; the newest are there. */
    | 'repeat';
  readonly status: StepStatus;
  /** The task, flow or event. */
  readonly target?: string;
  /** Tries so far. */
  readonly attempts: number;
  /** How often in a row the process has died in which the last of them was made. */
  readonly lost?: number;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: ErrorRecord;
  /** Its result came from the cache of its task. */
  readonly cached?: true;
  /** What proved its result. */
  readonly evidence?: EvidenceResult;
  /** What models have used in it: tokens, and what they cost. */
  readonly usage?: UsageTotals;
  /** `line:column` in the `.dsl.ts`. */
  readonly place?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** `{ unreadable }`, when something of a row could not be read. */
export const told = (errors: readonly ErrorRecord[]): { readonly unreadable?: readonly ErrorRecord[] } =>
  errors.length === 0 ? {} : { unreadable: errors };
/** Only the members that have a value. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

export function runView(row: RunRow): RunView {
  const { read, errors } = lookAt(`run '${row.id}'`);
  const view = {
    id: row.id,
    kind: row.kind,
    target: row.target,
    status: row.status,
    input: read('input', row.input),
    ...present({
      output: read('output', row.output),
      error: read<ErrorRecord>('error', row.error),
      metadata: read<Readonly<Record<string, unknown>>>('metadata', row.metadata),
      parent: row.parent ?? undefined,
      forked: forkedView(read<Forked>('forked', row.forked)),
      endedAt: row.ended ?? undefined,
    }),
    errors: read<readonly PartialFailure[]>('errors', row.errors) ?? [],
    createdAt: row.created,
    updatedAt: row.updated,
  };
  return { ...view, ...told(errors) };
}

const forkedView = (forked: Forked | undefined): RunView['forked'] =>
  forked === undefined ? undefined : { run: forked.run, seq: forked.seq };

type Begin = Pick<StepView, 'kind' | 'status'>;
const begins: Readonly<Partial<Record<JournalRow['kind'], Begin>>> = {
  started: { kind: 'step', status: 'running' },
  called: { kind: 'child', status: 'running' },
  sleeping: { kind: 'sleep', status: 'waiting' },
  waiting: { kind: 'receive', status: 'waiting' },
  received: { kind: 'receive', status: 'completed' },
  asked: { kind: 'approve', status: 'waiting' },
  chosen: { kind: 'branch', status: 'completed' },
  mapped: { kind: 'map', status: 'completed' },
  emitted: { kind: 'emit', status: 'completed' },
  opened: { kind: 'graph', status: 'running' },
  skipped: { kind: 'step', status: 'skipped' },
  won: { kind: 'race', status: 'completed' },
  caught: { kind: 'attempt', status: 'failed' },
  compacted: { kind: 'repeat', status: 'completed' },
};
const ends: Readonly<Partial<Record<JournalRow['kind'], StepStatus>>> = {
  completed: 'completed',
  slept: 'completed',
  received: 'completed',
  decided: 'completed',
  closed: 'completed',
  asked: 'waiting',
  failed: 'failed',
  timedOut: 'failed',
  cancelled: 'cancelled',
  retrying: 'waiting',
};

/** The steps of a run, in the order in which they began. */
export function stepViews(rows: readonly JournalRow[]): StepView[] {
  const steps = new Map<string, StepView>();
  for (const row of effective(rows)) {
    if (row.kind === 'stopping') {
      for (const [path, step] of steps)
        if (step.endedAt === undefined) steps.set(path, { ...step, status: 'cancelled', endedAt: row.at });
      continue;
    }
    if (row.kind === 'verified') {
      const path = row.path.replace(/\/~evidence$/, '');
      const step = steps.get(path);
      if (step !== undefined) steps.set(path, { ...step, ...present({ evidence: evidenceIn(row) }) });
      continue;
    }
    // A node that was added is shown as the step that it becomes.
    if (row.kind === 'enqueued') continue;
    steps.set(row.path, next(steps.get(row.path), row));
  }
  return [...steps.values()];
}

/** A line that cannot be read shows nothing: the others are shown all the same. */
function evidenceIn({ data }: JournalRow): EvidenceResult | undefined {
  try {
    return readEvidence(data);
  } catch {
    return undefined;
  }
}

function next(step: StepView | undefined, row: JournalRow): StepView {
  const begin = begins[row.kind];
  const status = (step === undefined ? begin?.status : undefined) ?? ends[row.kind] ?? 'running';
  const ended = status !== 'running' && status !== 'waiting';
  const cached = row.kind === 'completed' && row.attempt === 0;
  const { error: _old, ...before } = step ?? {
    path: row.path,
    kind: begin?.kind ?? 'step',
    startedAt: row.at,
    attempts: 0,
  };
  return {
    ...before,
    status,
    // A result that comes from the cache took no attempt.
    attempts: cached ? 0 : Math.max(row.attempt, before.attempts),
    ...present({
      target: row.name ?? undefined,
      place: row.place ?? undefined,
      endedAt: ended ? row.at : undefined,
      cached: cached || undefined,
      ...facts(row),
    }),
  };
}

function facts(row: JournalRow): Partial<Pick<StepView, 'input' | 'output' | 'error' | 'lost'>> {
  // The name of a case or of a part is kept as it is, everything else as JSON.
  if (row.kind === 'chosen' || row.kind === 'won') return { output: row.data };
  const { read, errors } = lookAt(`line ${row.seq} of the journal of run '${row.run}'`);
  const data = read('data', row.data);
  if (errors.length > 0) return { error: errors[0] as ErrorRecord };
  switch (row.kind) {
    case 'started':
    case 'called':
    case 'asked':
      return { input: data };
    case 'failed':
    case 'caught':
      return { error: data as ErrorRecord };
    case 'lost':
      return { lost: (data as { lost: number }).lost };
    case 'retrying':
      return { error: (data as { error: ErrorRecord }).error };
    case 'completed':
    case 'closed':
    case 'decided':
      return { output: data };
    case 'received':
      return { output: (data as { payload?: unknown }).payload };
    case 'mapped':
    case 'sleeping':
      return { output: data };
    case 'compacted':
      return { output: { letGo: (data as { rounds: number }).rounds } };
    case 'emitted':
      return { input: data };
    default:
      return {};
  }
}
