import { hash } from 'node:crypto';
import type { Outcome } from '../../engine/index.ts';
import type { LedgerRow, Tables, Tx } from '../../store/index.ts';

/** Longer results are stored once, by their hash. */
const large = 10_000;
const previewed = 200;

/** The columns of an outcome; a large one is written as a text of its own. */
export function kept(tx: Tx, text: string): Pick<LedgerRow, 'result' | 'blob'> {
  if (text.length <= large) return { result: text, blob: null };
  const blob = hash('sha256', text, 'hex');
  tx.blobs.put(blob, text);
  return { result: JSON.stringify({ preview: text.slice(0, previewed), length: text.length }), blob };
}

/** The outcome that a row has, whole. */
export function outcomeIn(
  tables: Pick<Tables, 'blobs'>,
  { result, blob }: Pick<LedgerRow, 'result' | 'blob'>,
): Outcome {
  const text = blob === null ? result : tables.blobs.get(blob);
  return JSON.parse(text ?? '{}') as Outcome;
}
