import type { JournalRow } from '../../store/index.ts';

/** The lines of a journal that no rewind has dropped. */
export function effective(rows: readonly JournalRow[]): readonly JournalRow[] {
  const rewinds = rows.flatMap(({ kind, seq, data }) => (kind === 'rewound' ? [{ seq, drops: dropsOf(data) }] : []));
  if (rewinds.length === 0) return rows;
  return rows.filter(
    (row) => !rewinds.some(({ seq, drops }) => row.seq < seq && drops.some((prefix) => isUnder(row.path, prefix))),
  );
}

function dropsOf(data: string | null): readonly string[] {
  return (JSON.parse(data ?? '{}') as { readonly drops?: readonly string[] }).drops ?? [];
}

const isUnder = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(`${prefix}/`) || path.startsWith(`${prefix}[`);
