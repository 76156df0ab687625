import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Subject, TaskCase } from '../contract.ts';
import type { Kept, Provenance } from './cache.ts';
import { manifestFile } from './folders.ts';
import { hashOfFile } from './hash.ts';

/** What became of what was generated: taken as it is, changed by somebody, or thrown away. */
export type Feedback = 'accepted' | 'edited' | 'rejected';

/** What was generated once, and what became of it. */
export interface Past {
  readonly key: string;
  readonly at: string;
  readonly promptVersion: string;
  readonly provider: string;
  readonly model: string;
  /** The hash of the implementation. */
  readonly output: string;
  readonly feedback: Feedback;
}

/** What is known of the generated files of a task. It is committed with them. */
export interface TaskManifest {
  readonly format: 1;
  /** The version of millrace. */
  readonly tool: string;
  readonly system: string;
  readonly task: string;
  readonly origin: 'generated' | 'scaffold';
  /** The key of the cache. */
  readonly key: string;
  /** The hash of what the code had to keep to. */
  readonly spec: string;
  /** When it was written: ISO 8601. */
  readonly at: string;
  /** Of generated code. */
  readonly from?: Provenance;
  readonly notes?: string;
  /** The hash of each file as it was generated, by its name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of files that somebody has changed: what was put beside them, by the name of the file. */
  readonly proposed?: Readonly<Record<string, string>>;
  /** The cases that the model wrote. */
  readonly cases: readonly TaskCase[];
  readonly history: readonly Past[];
}

const hashes = z.record(z.string(), z.string());
const manifestSchema = z.object({
  format: z.literal(1),
  tool: z.string(),
  system: z.string(),
  task: z.string(),
  origin: z.enum(['generated', 'scaffold']),
  key: z.string(),
  spec: z.string(),
  at: z.string(),
  from: z.looseObject({ provider: z.string(), model: z.string() }).optional(),
  notes: z.string().optional(),
  outputs: hashes,
  proposed: hashes.optional(),
  cases: z.array(z.looseObject({ name: z.string(), expect: z.looseObject({}) })),
  history: z.array(z.looseObject({ key: z.string(), feedback: z.enum(['accepted', 'edited', 'rejected']) })),
});

/** What is known of a task's files, if they were generated. @throws MillraceError MR5018 for a manifest that cannot be read */
export function readTaskManifest(subject: Subject): TaskManifest | undefined {
  const path = manifestFile(subject);
  if (!existsSync(path)) return undefined;
  let value: unknown;
  let why: string;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
    const read = manifestSchema.safeParse(value);
    if (read.success) return read.data as unknown as TaskManifest;
    const { path: at, message } = read.error.issues[0]!;
    why = `${at.map(String).join('.') || 'it'}: ${message}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  const format = (value as { readonly format?: unknown } | null | undefined)?.format;
  const newer = typeof format === 'number' && format > 1;
  throw new MillraceError(
    newer
      ? `A newer version of Millrace generated '${subject.task.name}': ${shownPath(path, subject.root)} has format ${format}, and this version reads format 1. Use that version.`
      : `${shownPath(path, subject.root)} cannot be read (${why}), so nobody knows which files were changed by hand. Take it from version control, or delete it: then all files count as yours.`,
    { code: 'MR5018', retryable: false, fault: 'input', details: { file: path } },
  );
}

/** The text of a manifest. Equal manifests are equal bytes. */
export function printTaskManifest(manifest: TaskManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What became of what was generated last. */
export function feedbackOf(manifest: TaskManifest, subject: Subject): Feedback {
  const name = basename(subject.file);
  const now = hashOfFile(subject.file);
  const proposed = manifest.proposed?.[name];
  if (proposed !== undefined) {
    if (now === proposed) return 'accepted';
    return existsSync(`${subject.file}.new`) ? 'edited' : 'rejected';
  }
  if (now === undefined) return 'rejected';
  return now === manifest.outputs[name] ? 'accepted' : 'edited';
}

/** The hash that a file has if nobody has touched what was generated. */
export function ownHashes(manifest: TaskManifest | undefined, name: string): readonly string[] {
  return [manifest?.outputs[name], manifest?.proposed?.[name]].flatMap((one) => (one === undefined ? [] : [one]));
}

/**
 * What was generated under a key and stands in the project as it was: whoever has no cache, as after a clone, asks
 * nobody either.
 */
export function keptInProject(subject: Subject, key: string): Kept | undefined {
  const manifest = readTaskManifest(subject);
  if (manifest?.key !== key || manifest.from === undefined) return undefined;
  const now = hashOfFile(subject.file);
  if (now === undefined || now !== manifest.outputs[basename(subject.file)]) return undefined;
  const { cases, notes, from } = manifest;
  const code = readFileSync(subject.file, 'utf8');
  return { code, cases, ...(notes === undefined ? {} : { notes }), from };
}
