import { lossesOf, type LossRow, type Tables, type WorkStatus } from '../../store/index.ts';
import { isUntaken } from './untaken.ts';

/** An attempt that was handed out to whoever takes it. Times are in ms since 1970. */
export interface WorkView {
  readonly id: string;
  readonly task: string;
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  /** `expired`: it was lost too often. What is over goes as soon as the run has it. */
  readonly status: WorkStatus;
  readonly priority: number;
  /** Who holds it, and until when. */
  readonly worker?: string;
  readonly expires?: number;
  /** How it was lost, the oldest first. */
  readonly losses: readonly LossRow[];
  readonly createdAt: number;
  /** It has waited for 30 s, and no process does any work of its task: perhaps there is no worker for it. */
  readonly untaken?: true;
}

/** What is shared with other processes now, in the order in which it will be taken. */
export function workViews({ work }: Tables): WorkView[] {
  const now = Date.now();
  return work
    .places()
    .flatMap(({ id }) => work.get(id) ?? [])
    .sort((a, b) => b.priority - a.priority || a.created - b.created)
    .map((row) => ({
      id: row.id,
      task: row.task,
      runId: row.run,
      step: row.path,
      attempt: row.attempt,
      status: row.status,
      priority: row.priority,
      ...(row.worker === null ? {} : { worker: row.worker }),
      ...(row.until === null ? {} : { expires: row.until }),
      losses: lossesOf(row),
      createdAt: row.created,
      ...(isUntaken({ work }, row, now) ? { untaken: true as const } : {}),
    }));
}
