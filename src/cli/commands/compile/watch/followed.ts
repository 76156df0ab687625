import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Starts to watch one folder; throws what `fs.watch` throws. */
type Start = (folder: string, changed: () => void) => Pick<FSWatcher, 'close' | 'on'>;

interface Following {
  readonly watcher: ReturnType<Start>;
  /** A folder that was removed and made again has another one, and its watcher has gone deaf. */
  readonly identity: string;
}

/** Folders whose changes are told, each one by itself: what lies below is followed where it is asked for. */
export class FollowedFolders implements Disposable {
  readonly #following = new Map<string, Following>();
  readonly #changed: () => void;
  readonly #start: Start;

  constructor(changed: () => void, start: Start = (folder, listener) => watch(folder, listener)) {
    this.#changed = changed;
    this.#start = start;
  }

  /**
   * Follows these folders and no others. For one that is not there the nearest one above is followed, so that its coming
   * is seen.
   *
   * @returns whether one was not followed before, and those that the operating system refuses to follow.
   */
  follow(folders: Iterable<string>): { readonly isNew: boolean; readonly refused: readonly string[] } {
    const wanted = new Set([...folders].map(there));
    const refused: string[] = [];
    let isNew = false;
    for (const [folder, { watcher, identity }] of this.#following) {
      if (wanted.has(folder) && identityOf(folder) === identity) continue;
      watcher.close();
      this.#following.delete(folder);
    }
    for (const folder of wanted) {
      if (this.#following.has(folder)) continue;
      try {
        const watcher = this.#start(folder, this.#changed);
        isNew = true;
        this.#following.set(folder, { watcher, identity: identityOf(folder) });
        watcher.on('error', () => this.#changed());
      } catch (thrown) {
        // One that has just gone is followed through its parent the next time.
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') refused.push(folder);
      }
    }
    return { isNew, refused };
  }

  [Symbol.dispose](): void {
    for (const { watcher } of this.#following.values()) watcher.close();
  }
}

function identityOf(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  // The number alone is given again at once.
  return stat === undefined ? '' : `${stat.ino} ${stat.birthtimeMs}`;
}

function there(folder: string): string {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder || folder === dirname(folder) ? folder : there(dirname(folder));
}
