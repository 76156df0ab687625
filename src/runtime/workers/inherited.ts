import type { WorkTable } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { workId } from './item.ts';

/**
 * Work of tasks with limits that a former owner has let begin and that is not over counts under them from the first
 * moment on, also before its run has asked for it again.
 */
export function inheritWork({ store, registry, attempts }: Pick<Context, 'store' | 'registry' | 'attempts'>): void {
  const { work } = store.tables;
  const tasks = new Map<string, string>();
  for (const { id } of work.places()) {
    const name = underWay(work, id);
    const task = name === undefined ? undefined : registry.task(name);
    if (task !== undefined && attempts.limits(task)) tasks.set(id, task.contract);
  }
  if (tasks.size === 0) return;
  attempts.inherit({
    count(task) {
      let count = 0;
      for (const [id, of] of tasks) {
        if (underWay(work, id) === undefined) tasks.delete(id);
        else if (task === undefined || of === task) count++;
      }
      return count;
    },
    take: (request) => tasks.delete(workId(request)),
  });
}

/** The task of a piece of work that somebody does, or will do. */
function underWay(work: WorkTable, id: string): string | undefined {
  const row = work.get(id);
  return row?.status === 'pending' || row?.status === 'in_progress' ? row.task : undefined;
}
