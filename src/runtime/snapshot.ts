import { hash } from 'node:crypto';
import type { Reader } from './reader.ts';
import type { RunView, StepView } from './views.ts';

/** All that a database knows of a run, at one moment. */
export interface RunSnapshot {
  readonly kind: 'run-snapshot';
  readonly format: 1;
  readonly run: RunView;
  readonly steps: readonly StepView[];
  /** The runs that it began, with theirs. */
  readonly children: readonly RunSnapshot[];
}

/**
 * A run as one JSON document, and a name for its file: whoever chooses the id of a run does not choose where it is written.
 * Undefined when there is no such run.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { openReader, snapshotOf } from 'millrace/runtime';
 *
 * const reader = openReader('orders.db');
 * const snapshot = snapshotOf(reader, 'order-A1');
 * if (snapshot !== undefined) writeFileSync(snapshot.fileName, JSON.stringify(snapshot.document)); // order-A1.json
 * reader.close();
 * ```
 */
export function snapshotOf(
  reader: Reader,
  id: string,
): { readonly fileName: string; readonly document: RunSnapshot } | undefined {
  const run = reader.run(id);
  return run && { fileName: `${fileNameOf(id)}.json`, document: documentOf(reader, run) };
}

function documentOf(reader: Reader, run: RunView): RunSnapshot {
  const children = reader.runs({ parent: run.id }).map((child) => documentOf(reader, child));
  return { kind: 'run-snapshot', format: 1, run, steps: reader.steps(run.id), children: children.toReversed() };
}

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name for a file, another one for each text: no path, nothing that a system gives a meaning to, at most 150 bytes. */
export function fileNameOf(text: string): string {
  const safe = text.replaceAll(/[^\w.-]|^[.-]/gu, (sign) =>
    [...new TextEncoder().encode(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  const isPlain =
    safe.length <= 150 && safe !== '' && !reserved.test(safe.split('.')[0] ?? '') && safe === safe.toLowerCase();
  if (isPlain) return safe;
  // What only differs in capitals is one file on some systems.
  return `~${safe.slice(0, 120)}~${hash('sha256', text, 'hex').slice(0, 16)}`;
}
