import type { JournalKind, JournalRow } from '../../store/index.ts';

/** What the journal says about one path: its lines folded into one. */
export interface Record {
  /** The kind of the newest line. */
  readonly kind: JournalKind;
  /** The number of the newest line. */
  readonly seq: number;
  /** The time of the newest line. */
  readonly at: number;
  /** The time of the first line. */
  readonly since: number;
  readonly name: string | null;
  /** The data of the first line: the input, the key, the time. Absent when the first line was also the last. */
  readonly asked: string | null;
  /** Were there two lines? A step that could not even be called has one, `failed`. */
  readonly begun: boolean;
  /** The data of the newest line. */
  readonly data: string | null;
  /** The number of the newest failed try. */
  readonly tries: number;
  /** How often the process died in which the try was under way that is to be made now. */
  readonly lost: number;
}

/** Adds a line to what is known of its path. */
export function fold(record: Record | undefined, row: JournalRow): Record {
  if (row.kind === 'lost' && record !== undefined) return { ...record, seq: row.seq, lost: lossesIn(row) };
  return {
    kind: row.kind,
    seq: row.seq,
    at: row.at,
    since: record?.since ?? row.at,
    name: row.name ?? record?.name ?? null,
    asked: record === undefined ? row.data : record.asked,
    begun: record !== undefined || row.kind !== 'failed',
    data: row.data,
    tries: row.kind === 'retrying' ? row.attempt : (record?.tries ?? 0),
    lost: 0,
  };
}

function lossesIn({ data }: JournalRow): number {
  return (JSON.parse(data ?? '{}') as { readonly lost?: number }).lost ?? 0;
}

/**
 * For each part of a run (by the path with which its steps begin) the ids of what was recorded in it, in order. So a
 * replay notices a step that would come before recorded ones, and one that is no longer asked for. The rounds of a
 * repeat and the items of a map stand under the path of their step and `[]`.
 */
export function childrenOf(rows: readonly JournalRow[]): Map<string, Set<string>> {
  const parts = new Map<string, Set<string>>();
  for (const { path } of rows) {
    let from = 0;
    while (from < path.length) {
      const slash = path.indexOf('/', from);
      const to = slash === -1 ? path.length : slash;
      const part = from === 0 ? '' : path.slice(0, from - 1);
      const round = /\[(\d+)\]$/.exec(path.slice(from, to));
      const end = round === null ? to : from + round.index;
      add(part, path.slice(from, end));
      if (round !== null) add(`${path.slice(0, end)}[]`, round[1] as string);
      from = to + 1;
    }
  }
  return parts;

  function add(part: string, id: string): void {
    let ids = parts.get(part);
    if (ids === undefined) parts.set(part, (ids = new Set()));
    ids.add(id);
  }
}
