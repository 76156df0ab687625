import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FollowedFolders } from './followed.ts';

let root: string;
const at = (path: string): string => join(root, path);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-followed-'));
  for (const name of ['a', 'b']) mkdirSync(at(name));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Folders that are followed in name only. */
function pretended(refuse: string[] = []) {
  const open: string[] = [];
  const folders = new FollowedFolders(
    () => {},
    (folder) => {
      if (refuse.includes(folder)) throw Object.assign(new Error('limit reached'), { code: 'ENOSPC' });
      open.push(folder);
      return Object.assign(new EventEmitter(), { close: () => void open.splice(open.indexOf(folder), 1) }) as never;
    },
  );
  return { folders, open };
}

test('it follows what is asked for, once, and lets go of the rest', () => {
  const { folders, open } = pretended();
  expect(folders.follow([at('a'), at('b'), at('a')])).toEqual({ isNew: true, refused: [] });
  expect(folders.follow([at('b'), at('a')])).toEqual({ isNew: false, refused: [] });
  folders.follow([at('b')]);
  expect(open).toEqual([at('b')]);
  folders[Symbol.dispose]();
  expect(open).toEqual([]);
});

test('for a folder that is not there the nearest one above; one that was made again is followed anew', () => {
  const { folders, open } = pretended();
  folders.follow([at('a/x/y')]);
  expect(open).toEqual([at('a')]);
  mkdirSync(at('a/x/y'), { recursive: true });
  expect(folders.follow([at('a/x/y')])).toMatchObject({ isNew: true });
  expect(open).toEqual([at('a/x/y')]);
  rmSync(at('a/x/y'), { recursive: true });
  mkdirSync(at('a/x/y'));
  expect(folders.follow([at('a/x/y')])).toMatchObject({ isNew: true });
});

test('what the system refuses is named each time, and is not new', () => {
  const { folders } = pretended([at('b')]);
  expect(folders.follow([at('a'), at('b')])).toEqual({ isNew: true, refused: [at('b')] });
  expect(folders.follow([at('a'), at('b')])).toEqual({ isNew: false, refused: [at('b')] });
});
