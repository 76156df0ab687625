import type { Snapshot } from '../../machine/index.ts';
import type { HistoryRow, InstanceRow } from '../../store/index.ts';
import { readColumn } from '../unreadable.ts';

/** Where an instance stands. */
export function snapshotOf(row: Pick<InstanceRow, 'machine' | 'id' | 'snapshot'>): Snapshot<unknown> {
  return readColumn(`instance '${row.id}' of machine '${row.machine}'`, 'snapshot', row.snapshot);
}

/** What a history row keeps of a snapshot beside the states and the context. */
export function moreOf({ state: _state, context: _context, status, ...more }: Snapshot<unknown>): string | null {
  if (status === 'active' && Object.keys(more).length === 0) return null;
  return JSON.stringify({ ...(status === 'active' ? {} : { status }), ...more });
}

/** Where an instance stood. */
export function snapshotAt(row: Pick<HistoryRow, 'after' | 'context' | 'more'>): Snapshot<unknown> {
  return {
    state: JSON.parse(row.after) as readonly string[],
    context: JSON.parse(row.context) as unknown,
    status: 'active',
    ...(row.more === null ? {} : (JSON.parse(row.more) as Partial<Snapshot<unknown>>)),
  };
}
