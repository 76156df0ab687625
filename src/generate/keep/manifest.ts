import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { messageOf, MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Subject, TaskCase } from '../contract.ts';
import type { Provenance } from './cache.ts';
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
  /** `hand`: nothing was generated, but somebody said of the code that it is right. */
  readonly origin: 'generated' | 'scaffold' | 'hand';
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
  /** What the code in the project keeps to, where that is not `spec`. */
  readonly standing?: Standing;
  /** The cases that the model wrote. */
  readonly cases: readonly TaskCase[];
  readonly history: readonly Past[];
}

/**
 * What the code that stands in the project keeps to, where it is not what was generated last: that was only proposed, or
 * somebody has said that the code is right as it is.
 */
export interface Standing {
  /** The hash of its contract. Left out: nobody knows, as of code that was written by hand. */
  readonly spec?: string;
  /** The code of which somebody said that it is right. */
  readonly accepted?: { readonly at: string; readonly output: string };
}

const hashes = z.record(z.string(), z.string());
const manifestSchema = z.object({
  format: z.literal(1),
  tool: z.string(),
  system: z.string(),
  task: z.string(),
  origin: z.enum(['generated', 'scaffold', 'hand']),
  key: z.string(),
  spec: z.string(),
  at: z.string(),
  from: z.looseObject({ provider: z.string(), model: z.string() }).optional(),
  notes: z.string().optional(),
  outputs: hashes,
  proposed: hashes.optional(),
  standing: z
    .object({ spec: z.string().optional(), accepted: z.object({ at: z.string(), output: z.string() }).optional() })
    .optional(),
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
    // One of another task says nothing of this one: its files count as the user's.
    if (read.success) {
      const isOf = read.data.task === subject.task.name && read.data.system === subject.system.name;
      return isOf ? (read.data as unknown as TaskManifest) : undefined;
    }
    const { path: at, message } = read.error.issues[0]!;
    why = `${at.map(String).join('.') || 'it'}: ${message}`;
  } catch (error) {
    why = messageOf(error);
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
  if (now !== undefined && now === manifest.standing?.accepted?.output && now !== (proposed ?? manifest.outputs[name]))
    return 'edited';
  if (proposed !== undefined) {
    if (now === proposed) return 'accepted';
    return existsSync(`${subject.file}.new`) ? 'edited' : 'rejected';
  }
  if (now === undefined) return 'rejected';
  return now === manifest.outputs[name] ? 'accepted' : 'edited';
}

/**
 * The hash of the contract that the code in the project was written, or found right, for. A proposal beside it says nothing
 * of it. Nothing where nobody knows.
 */
export function standingSpec(manifest: TaskManifest, { file }: Pick<Subject, 'file'>): string | undefined {
  const { proposed, outputs, standing, spec, origin } = manifest;
  const name = basename(file);
  const now = hashOfFile(file);
  if (now !== undefined && now === standing?.accepted?.output) return standing.spec;
  if (now !== undefined && now === (proposed?.[name] ?? outputs[name])) return spec;
  if (standing !== undefined) return standing.spec;
  return proposed?.[name] === undefined && origin === 'generated' ? spec : undefined;
}

/** The hash that a file has if nobody has touched what was generated. */
export function ownHashes(manifest: TaskManifest | undefined, name: string): readonly string[] {
  return [manifest?.outputs[name], manifest?.proposed?.[name]].flatMap((one) => (one === undefined ? [] : [one]));
}
