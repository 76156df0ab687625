import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

/** Files that lie over those of a project, in a folder of their own: nothing is written into the project. */
export interface Overlay {
  /** The folder in which everything lies as it does below `top`. */
  readonly folder: string;
  readonly top: string;
  /** A path of the project, in here. */
  inside(path: string): string;
  /** A path in here, in the project. */
  outside(path: string): string;
  /** Takes it away. */
  remove(): void;
}

/**
 * Lays files over a project. TypeScript sees both folders as one (`rootDirs`), so that relative imports find the
 * project's own files; packages are found by links to its `node_modules`, and formats and `#imports` by its package.json.
 */
export function layOver(root: string, files: ReadonlyMap<string, string>, also: readonly string[] = []): Overlay {
  const folders = [...[...files.keys()].map(dirname), ...also];
  const top = topOf(root, folders);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-types-')));
  const inside = (path: string): string => join(folder, relative(top, path));
  const overlay: Overlay = {
    folder,
    top,
    inside,
    outside: (path) => (path.startsWith(folder + sep) ? join(top, relative(folder, path)) : path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    const mirrored = mirrorFolders(top, folders, inside);
    for (const [path, text] of files) writeFileSync(inside(path), text);
    linkImports(mirrored, inside);
    return overlay;
  } catch (error) {
    overlay.remove();
    throw error;
  }
}

/** The highest folder from which packages of the project may come, and that holds all these folders. */
function topOf(root: string, folders: readonly string[]): string {
  let top = root;
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) top = folder;
    if (dirname(folder) === folder) break;
  }
  while (folders.some((folder) => relative(top, folder).startsWith('..'))) top = dirname(top);
  return top;
}

/** Makes the folders, each with the packages and the package.json that the project has there. */
function mirrorFolders(top: string, folders: readonly string[], inside: (path: string) => string): ReadonlySet<string> {
  const all = new Set<string>([top]);
  for (const folder of folders) {
    for (let one = folder; one !== top && dirname(one) !== one; one = dirname(one)) all.add(one);
  }
  for (const one of [...all].sort((first, second) => first.length - second.length)) {
    mkdirSync(inside(one), { recursive: true });
    const packages = join(one, 'node_modules');
    if (existsSync(packages)) symlinkSync(packages, inside(packages), 'junction');
    const manifest = join(one, 'package.json');
    if (existsSync(manifest)) copyFileSync(manifest, inside(manifest));
  }
  return all;
}

/** What a package.json names by paths (`imports`, its own `exports`) lies beside it: there links have to do. */
function linkImports(mirrored: ReadonlySet<string>, inside: (path: string) => string): void {
  const naming = [...mirrored].filter((folder) => {
    const manifest = inside(join(folder, 'package.json'));
    return existsSync(manifest) && /"(?:imports|exports)"\s*:/.test(readFileSync(manifest, 'utf8'));
  });
  for (const folder of mirrored) {
    if (!naming.some((one) => folder === one || folder.startsWith(one + sep)) || !existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const there = inside(join(folder, name));
      if (lstatSync(there, { throwIfNoEntry: false }) !== undefined) continue;
      symlinkSync(join(folder, name), there, 'junction');
    }
  }
}
