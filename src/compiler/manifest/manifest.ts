/** What `manifest.json` in an output folder says: from what the files beside it were made, and what they held. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of the manifest in an output folder. */
export const manifestName = 'manifest.json';

/** The record beside generated files. Paths are relative to the output folder, hashes are sha256 in hex. */
export interface Manifest {
  readonly format: 1;
  /** The version of millrace that wrote the files. */
  readonly tool: string;
  readonly system: string;
  readonly version: string;
  /** The hash of the model. */
  readonly hash: string;
  /** The entry file of the system. */
  readonly source: string;
  /** The options that the output depends on. */
  readonly settings: Readonly<Record<string, string>>;
  /** Hashes of the files that the output was made from: sources, templates, config. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Files of tasks that models perform: is there one? Then that is what runs. */
  readonly written?: Readonly<Record<string, boolean>>;
  /** Hashes of the generated files. */
  readonly outputs: Readonly<Record<string, string>>;
  /** While files are being written: the hashes they are about to have. A kill in between must not look like an edit by hand. */
  readonly writing?: Readonly<Record<string, string>>;
}

/** The sha256 of a text in hex. */
export function hashText(text: string | Uint8Array): string {
  return hash('sha256', text);
}

/** The hash of a file, or `undefined` when there is none. */
export function hashFile(path: string): string | undefined {
  const bytes = readIfThere(path);
  return bytes === undefined ? undefined : hashText(bytes);
}

/** The bytes of a file, or `undefined` when there is none. */
export function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The format of the manifests that are written. The first one: there is nothing older to read. */
const present = 1;

/** The manifest of an output folder, or `undefined` when there is none that can be read. */
export function readManifest(outDir: string): Manifest | undefined {
  const value = readJson(outDir);
  return isManifest(value) ? value : undefined;
}

/** The format of a manifest that a newer version of Millrace wrote: what it says of its files is not known here. */
export function newerFormat(outDir: string): number | undefined {
  const value = readJson(outDir) as { readonly format?: unknown } | null | undefined;
  return typeof value?.format === 'number' && value.format > present ? value.format : undefined;
}

function readJson(outDir: string): unknown {
  const bytes = readIfThere(join(outDir, manifestName));
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (value === null || typeof value !== 'object') return false;
  const { format, inputs, outputs, settings } = value as Partial<Manifest>;
  return (
    format === present && [inputs, outputs, settings].every((record) => record !== null && typeof record === 'object')
  );
}

/** The text of a manifest: sorted, so that equal manifests are equal bytes. */
export function printManifest(manifest: Manifest): string {
  const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  const { format, tool, system, version, hash, source, settings, inputs, outputs, written, writing } = manifest;
  const records = {
    settings: sorted(settings),
    inputs: sorted(inputs),
    ...(written === undefined ? {} : { written: sorted(written) }),
    outputs: sorted(outputs),
  };
  const all = {
    format,
    tool,
    system,
    version,
    hash,
    source,
    ...records,
    ...(writing === undefined ? {} : { writing: sorted(writing) }),
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}
