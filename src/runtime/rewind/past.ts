import type { JournalRow, RunRow } from '../../store/index.ts';
import { placesOf } from './prefixes.ts';
import { effective, Rewinds } from './rewound.ts';

/** What a fork was made of, as JSON in `RunRow.forked`. */
export interface Forked {
  readonly run: string;
  /** The number of the newest line of that run that was copied. */
  readonly seq: number;
  /** When the first run of the line began: what `now` is before the first step. */
  readonly begun: number;
  /** Whose lines were copied: those up to a number of the fork's own journal, the oldest first. */
  readonly origins: readonly { readonly run: string; readonly upTo: number }[];
}

/** What a run was before it is what it is: what was rewound, and what it was forked from. */
export interface Past {
  /** The lines that still count. */
  readonly lines: readonly JournalRow[];
  /** How often the step at a path was taken back. */
  epochOf(path: string): number;
  /** The input that somebody has given to the step at a path. */
  editOf(path: string): { readonly input: unknown } | undefined;
  /** The run whose ids and numbers a step was recorded with; undefined for its own. */
  originOf(path: string): string | undefined;
  /** Was a line copied? Its step is not undone here. */
  isCopied(seq: number): boolean;
  /** Has it ended before, and only does undos again? Whoever waited for its end knows of it. */
  readonly ended: boolean;
  /** When the run began, as its flow sees it. */
  readonly begun: number;
}

const none = {
  epochOf: () => 0,
  editOf: () => undefined,
  originOf: () => undefined,
  isCopied: () => false,
  ended: false,
};

/** What a run was before, by its journal. */
export function pastOf(row: RunRow, rows: readonly JournalRow[]): Past {
  const lines = effective(rows);
  const plain: Past = { ...none, lines, begun: row.created };
  if (lines === rows && row.forked === null) return plain;
  const rewinds = new Rewinds(rows);
  const past: Past = {
    ...plain,
    epochOf: (path) => rewinds.epochOf(path),
    editOf: (path) => rewinds.editOf(path),
    ended: rewinds.ended,
  };
  if (row.forked === null) return past;
  const { begun, origins } = JSON.parse(row.forked) as Forked;
  const copied = origins.at(-1)?.upTo ?? 0;
  const from = new Map<string, string>();
  for (const { seq, path } of lines) {
    const origin = origins.find(({ upTo }) => seq <= upTo)?.run;
    if (origin === undefined) break;
    for (const place of placesOf(path)) if (!from.has(place)) from.set(place, origin);
  }
  return { ...past, begun, originOf: (path) => from.get(path), isCopied: (seq) => seq <= copied };
}
