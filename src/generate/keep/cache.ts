import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFiles } from '../../core/write-files.ts';
import type { Usage } from '../../llm/index.ts';
import type { TaskCase } from '../contract.ts';
import { cacheFolder } from './folders.ts';

/** Who wrote something, and what it took. */
export interface Provenance {
  readonly provider: string;
  readonly model: string;
  readonly prompt: { readonly version: string; readonly hash: string };
  readonly usage: Usage;
  /** `'0.012 USD'`. Left out: the price is not known. */
  readonly cost?: string;
  readonly attempts: number;
  readonly calls: number;
  /** The share of small changes of the code that the cases find out. */
  readonly mutationScore?: number;
}

/** An answer that passed every gate once. It has to pass them again to be taken. */
export interface Kept {
  readonly code: string;
  /** Those that the model wrote. */
  readonly cases: readonly TaskCase[];
  readonly notes?: string;
  readonly from: Provenance;
}

const keptSchema = z.object({
  format: z.literal(1),
  key: z.string(),
  code: z.string(),
  cases: z.array(
    z
      .object({
        name: z.string(),
        origin: z.enum(['declared', 'generated']),
        input: z.unknown(),
        expect: z.looseObject({}),
      })
      .loose(),
  ),
  notes: z.string().optional(),
  from: z.looseObject({ provider: z.string(), model: z.string() }),
});

/** What is kept under a key. A file that cannot be read, or is about something else, counts as none. */
export function readKept(root: string, key: string): Kept | undefined {
  try {
    const read = keptSchema.parse(JSON.parse(readFileSync(fileOf(root, key), 'utf8')));
    return read.key === key ? (read as unknown as Kept) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an answer. What cannot be kept is asked for again, so that is no failure. */
export function keep(root: string, key: string, { code, cases, notes, from }: Kept): void {
  const text = JSON.stringify(
    { format: 1, key, code, cases, ...(notes === undefined ? {} : { notes }), from },
    null,
    2,
  );
  try {
    writeFiles([[fileOf(root, key), `${text}\n`]], { flush: false });
  } catch {
    return;
  }
}

function fileOf(root: string, key: string): string {
  return join(cacheFolder(root), `${key}.json`);
}
