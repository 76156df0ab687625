import { decisionsOf } from '../../../runtime/decisions.ts';
import type { RunRow, Tables, TimerRow } from '../../../store/index.ts';
import { time } from '../../kit/read-store.ts';
import { shorten } from '../../kit/table.ts';

/** What a run that has not ended waits for, in a few words: people, events, times, another try, a worker. */
export function waitsFor(tables: Tables, run: RunRow): string {
  if (run.ended !== null) return '';
  if (run.status === 'paused') return 'to be resumed';
  if (run.status === 'blocked') return 'to be mended';
  const asked = decisionsOf(tables, run.id).map(({ step }) => step);
  const events = tables.waits.of(run.id).map(({ event }) => event);
  const timers = tables.timers.of(run.id);
  const work = tables.work.places().filter((place) => place.run === run.id);
  const tasks = work.flatMap(({ id }) => {
    const row = tables.work.get(id);
    return row?.status === 'pending' ? [row.task] : [];
  });
  const children = tables.runs.list({ parent: run.id }).filter(({ ended }) => ended === null);
  const parts = [
    asked.length > 0 ? `to be decided: ${asked.join(', ')}` : '',
    events.length > 0 ? `event ${events.join(', ')}` : '',
    ...timers.map((timer) => rings(tables, timer)),
    tasks.length > 0 ? `a worker for ${[...new Set(tasks)].join(', ')}` : '',
    children.length > 0 && run.status === 'waiting' ? children.map(({ id }) => id).join(', ') : '',
  ];
  return shorten(parts.filter((part) => part !== '').join('; '), 60);
}

/** The time of a wait or of a run is only its limit: that is not what it waits for. */
function rings(tables: Tables, { kind, target, part, due }: TimerRow): string {
  if (kind === 'sleep') return `until ${time(due)}`;
  if (kind !== 'retry') return '';
  const last = tables.journal.of(target).findLast((row) => row.path === part && row.kind === 'retrying');
  const isOpen = last?.data?.includes('"MR3120"') === true;
  return `${isOpen ? 'its breaker, ' : ''}another try of ${part} at ${time(due)}`;
}
