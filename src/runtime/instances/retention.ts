import type { InstanceRow, Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';

const atOnce = 500;

/** Drops what is beyond the limits of an instance: the oldest entries, never the newest. */
export function trim(context: Context, tx: Tx, { machine, id, seq }: InstanceRow, now: number): void {
  const { keep, maxAge } = context.limits(machine);
  if (seq > keep) tx.instances.trim(machine, id, seq - keep);
  if (maxAge === undefined) return;
  const oldest = tx.instances.oldest(machine, id);
  if (oldest !== undefined && oldest.at < now - maxAge) tx.instances.expire(machine, id, seq - 1, now - maxAge);
}

/** Does the same for all instances of the system, a page at a time, so that other work goes on in between. */
export function sweep(context: Context): void {
  const pages = context.registry.machines().map(({ module }) => ({ machine: module.name, after: '' }));
  const next = (): void => {
    const page = pages.at(-1);
    if (page === undefined) return;
    context.writer.enqueue({
      run: (tx) => {
        const rows = tx.instances.after(page.machine, page.after, atOnce);
        for (const row of rows) trim(context, tx, row, context.clock.now());
        return rows;
      },
      done: (rows) => {
        page.after = rows.at(-1)?.id ?? '';
        if (rows.length < atOnce) pages.pop();
        next();
      },
    });
  };
  next();
}
