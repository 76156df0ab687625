/**
 * Files in one piece. It needs `node:fs`, so it is no part of `millrace/core`, which also runs in a browser: whoever
 * writes files imports it from here.
 *
 * @module
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** How files are written. */
export interface WriteFilesOptions {
  /** Whether they must outlast a power cut once written (`fsync`): by default yes. What can be made again need not. */
  readonly flush?: boolean;
}

/**
 * Writes text files, in folders that are made when they are not there. Each stands there in one piece or as it was: no
 * reader sees a half. All of them are on the disk under other names before the first one takes its place, so a full
 * disk changes nothing. Links are followed, and a file that is there keeps its permissions.
 *
 * @throws the file system's own error (`ENOSPC`, `EACCES`, `EISDIR`, …).
 */
export function writeFiles(
  files: Iterable<readonly [path: string, text: string]>,
  { flush = true }: WriteFilesOptions = {},
): void {
  const waiting: { readonly temporary: string; readonly path: string }[] = [];
  const changedFolders = new Set<string>();
  try {
    for (const [path, text] of files) {
      const there = statSync(path, { throwIfNoEntry: false });
      if (there?.isDirectory() === true) throw isFolder(path);
      const real = there === undefined ? path : realpathSync(path);
      if (there === undefined) for (const folder of makeFolder(dirname(path))) changedFolders.add(dirname(folder));
      changedFolders.add(dirname(real));
      const { temporary, file } = openBeside(real);
      waiting.push({ temporary, path: real });
      try {
        writeFileSync(file, text);
        if (there !== undefined) chmodSync(temporary, there.mode & 0o7777);
        if (flush) fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const { temporary, path } of waiting) renameSync(temporary, path);
  } finally {
    for (const { temporary } of waiting) rmSync(temporary, { force: true });
  }
  if (flush) for (const folder of changedFolders) flushFolder(folder);
}

/**
 * Makes a folder and those around it, as far as they are not there, and says which were made. One level after the
 * other: where nothing can be made, such as below `/proc`, Node's own recursive way never ends.
 */
export function makeFolder(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return [];
  const parent = dirname(path);
  const made = parent === path ? [] : makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else was faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return made;
    throw error;
  }
  return [...made, path];
}

/** Opens a new file beside the one that it will become. What a process that was killed has left is passed by. */
function openBeside(path: string): { readonly temporary: string; readonly file: number } {
  for (let number = 0; ; number++) {
    const temporary = `${path}.${process.pid}${number === 0 ? '' : `.${number}`}.tmp`;
    try {
      return { temporary, file: openSync(temporary, 'wx') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** What a rename onto a folder would say, before anything is written. */
function isFolder(path: string): Error {
  return Object.assign(new Error(`EISDIR: illegal operation on a directory, open '${path}'`), { code: 'EISDIR', path });
}

/**
 * A new name outlasts a power cut once its folder is on the disk. Some systems cannot be asked for that (Windows, some
 * network drives, a folder that may not be read): there the files are in their places all the same.
 */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    return;
  }
}
