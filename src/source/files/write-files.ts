import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/**
 * Writes files, each in one piece, after all of them stand on the disk under other names. Links are followed, and
 * permissions are kept.
 */
export function writeAll(files: ReadonlyMap<string, string>): void {
  const made: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const [path, text] of files) {
      const there = statSync(path, { throwIfNoEntry: false });
      const real = there === undefined ? path : realpathSync(path);
      const temporary = `${real}.${process.pid}.tmp`;
      const file = openSync(temporary, 'wx');
      made.push({ temporary, path: real });
      try {
        writeFileSync(file, text);
        if (there !== undefined) chmodSync(temporary, there.mode & 0o7777);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const { temporary, path } of made) renameSync(temporary, path);
  } finally {
    for (const { temporary } of made) rmSync(temporary, { force: true });
  }
}
