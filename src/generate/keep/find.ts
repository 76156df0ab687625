import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Subject } from '../contract.ts';
import { readKept, type Kept } from './cache.ts';
import { hashOfFile } from './hash.ts';
import { readTaskManifest } from './manifest.ts';

/**
 * An answer that was verified under this key. In the cache, or else in the project, where it stands as it was: whoever
 * has no cache, as after a clone, asks nobody either.
 */
export function findKept(subject: Subject, key: string): Kept | undefined {
  return readKept(subject.root, key) ?? keptInProject(subject, key);
}

function keptInProject(subject: Subject, key: string): Kept | undefined {
  const manifest = readTaskManifest(subject);
  if (manifest?.key !== key || manifest.from === undefined) return undefined;
  const now = hashOfFile(subject.file);
  if (now === undefined || now !== manifest.outputs[basename(subject.file)]) return undefined;
  const { cases, notes, from } = manifest;
  const code = readFileSync(subject.file, 'utf8');
  return { code, cases, ...(notes === undefined ? {} : { notes }), from };
}
