import type { TaskResource } from './world.ts';

/** The world itself, or what stands in for it: it does what it is asked. What a task may ask is decided before. */
export interface WorldEdge {
  /** Asks without following redirects. */
  fetch(request: Request): Promise<Response>;
  env(name: string): string | undefined;
  readonly files: EdgeFiles;
  /** What is known of a declared resource beside its declaration. */
  resource(name: string): EdgeResource | undefined;
}

/** Files by real, absolute paths, written with `/`. */
export interface EdgeFiles {
  /** The working directory. */
  root(): Promise<string>;
  /** Where a path leads when all symbolic links are followed; what is not there yet is taken as it is written. */
  real(path: string): Promise<string>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  write(path: string, content: Uint8Array): Promise<void>;
  isFile(path: string): Promise<boolean>;
  /** The regular files below a folder, without those of folders that need not be entered. Links are not followed. */
  below(path: string, enter: (folder: string) => boolean): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

export interface EdgeResource {
  /** Goes before the `baseUrl` that is declared. */
  readonly baseUrl?: string;
  /** Asks instead of the edge's `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly env?: (name: string) => string | undefined;
  readonly rows?: TaskResource['rows'];
}
