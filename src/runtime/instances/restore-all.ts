import type { InstanceName } from '../../engine/index.ts';
import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';

/** What became of many documents. */
export interface RestoreResult {
  readonly restored: readonly InstanceName[];
  /** By the key of the document, why it was passed over. */
  readonly skipped: Readonly<Record<string, ErrorRecord>>;
}

/** Codes of what is wrong with one document, or with its place here. Everything else ends the whole. */
const passedOver = /^MR33(?:0[4-7]|11|5\d)$|^MR3218$/;

/** Restores one document after the other, each for itself. */
export async function restoreAll(
  documents: Readonly<Record<string, unknown>>,
  restore: (document: unknown) => Promise<InstanceName>,
): Promise<RestoreResult> {
  const entries = Object.entries(documents);
  const results = await Promise.allSettled(entries.map(([, document]) => restore(document)));
  const restored: InstanceName[] = [];
  const skipped: Record<string, ErrorRecord> = {};
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') {
      restored.push({ machine: result.value.machine, id: result.value.id });
      continue;
    }
    const record = toErrorRecord(result.reason);
    if (!passedOver.test(record.code)) throw result.reason;
    skipped[entries[index]?.[0] ?? ''] = record;
  }
  return { restored, skipped };
}
