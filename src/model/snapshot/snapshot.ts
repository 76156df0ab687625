import { canonicalJson } from '../../core/index.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { hashSystem } from '../hash/hash.ts';
import { bringUp, type FileFormat } from '../format/format.ts';
import { modelFile } from '../format/model-file.ts';
import type { SystemModel } from '../nodes/system.ts';
import { parseSystemFile } from '../schema/parse.ts';

/** The format of a snapshot. Format 1 is the first one: there is nothing to bring up yet. */
export const snapshotFile: FileFormat = { what: 'a snapshot', field: 'format', current: 1, steps: [] };

/** One step that a system has taken from version to version. */
export interface HistoryEntry {
  readonly from: string;
  readonly to: string;
  /** When, as ISO 8601. */
  readonly at: string;
  readonly description?: string;
}

/** A released version of a system, as `snapshots/VERSION.json` keeps it. */
export interface Snapshot {
  /** The format of the file. */
  readonly format: 1;
  readonly system: string;
  readonly version: string;
  /** That of {@link hashSystem}. */
  readonly hash: string;
  readonly model: SystemModel;
  readonly history: readonly HistoryEntry[];
}

/**
 * The text of `snapshots/VERSION.json`: canonical JSON, the same for the same system wherever it is written.
 *
 * @example
 * ```ts
 * import { printSnapshot, type SystemModel } from 'millrace/model';
 *
 * const text = (model: SystemModel) => printSnapshot(model, []);
 * ```
 */
export function printSnapshot(model: SystemModel, history: readonly HistoryEntry[]): string {
  const { name: system, version } = model;
  return `${canonicalJson({ format: 1, system, version, hash: hashSystem(model), model, history })}\n`;
}

/** What came of reading a snapshot. */
export interface ParsedSnapshot {
  readonly snapshot?: Snapshot;
  readonly diagnostics: readonly Diagnostic[];
}

/** Is a JSON value a snapshot, rather than a model? */
export function isSnapshot(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'format' in json && 'model' in json && 'hash' in json;
}

/**
 * Makes a snapshot of JSON, and holds it against its hash. Never throws. MR1810: it is no snapshot; MR1811: somebody
 * changed it; and the codes of {@link parseSystem}.
 *
 * @param file What diagnostics call it.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { parseSnapshot } from 'millrace/model';
 *
 * const { snapshot } = parseSnapshot(JSON.parse(readFileSync('snapshots/1.0.0.json', 'utf8')), 'snapshots/1.0.0.json');
 * ```
 */
export function parseSnapshot(json: unknown, file: string): ParsedSnapshot {
  return parseSnapshotFile(json, file, snapshotFile, modelFile);
}

/** {@link parseSnapshot} for files whose formats are known. */
export function parseSnapshotFile(
  json: unknown,
  file: string,
  format: FileFormat,
  modelOf: FileFormat,
): ParsedSnapshot {
  const refuse = (code: string, message: string, hint: string): ParsedSnapshot => ({
    diagnostics: [{ code, severity: 'error', message, file, line: 1, column: 1, endLine: 1, endColumn: 1, hint }],
  });
  const again = 'Take the file back from git; `dsl migrate FILE --snapshot` writes one of the present version.';
  if (!isSnapshot(json)) return refuse('MR1810', `'${file}' is no snapshot of a system.`, again);
  const brought = bringUp(json as Readonly<Record<string, unknown>>, format);
  if ('problem' in brought) return refuse('MR1810', `'${file}': ${brought.problem}`, brought.hint);
  const { system, version, hash, model, history } = brought.json;
  if (!isHistory(history)) return refuse('MR1810', `'history' of '${file}' is no list of migrations.`, again);
  const parsed = parseSystemFile(model, modelOf);
  if (parsed.system === undefined) {
    return { diagnostics: parsed.diagnostics.map((each) => ({ ...each, message: `In '${file}': ${each.message}` })) };
  }
  const { system: found } = parsed;
  // A model of an older format is not what was hashed any more, once it has been brought up: it gets the hash that it has now.
  const isOld = parsed.diagnostics.some(({ code }) => code === 'MR1843');
  const now = hashSystem(found);
  if (found.name !== system || found.version !== version || (!isOld && now !== hash)) {
    return refuse('MR1811', `'${file}' was changed after it was written: its model and its hash do not agree.`, again);
  }
  const snapshot = { format: 1, system: found.name, version: found.version, hash: now, model: found } as const;
  return { snapshot: Object.freeze({ ...snapshot, history }), diagnostics: parsed.diagnostics };
}

function isHistory(value: unknown): value is readonly HistoryEntry[] {
  const isEntry = (entry: unknown): boolean =>
    typeof entry === 'object' &&
    entry !== null &&
    (['from', 'to', 'at'] as const).every(
      (key) => typeof (entry as Readonly<Record<string, unknown>>)[key] === 'string',
    );
  return Array.isArray(value) && value.every(isEntry);
}
