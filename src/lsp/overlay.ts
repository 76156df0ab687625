import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The files of an editor: those that are open as they stand there, the others as they are on the disk. */
export interface Overlay {
  /** The text of a file that is open. */
  readonly open: (path: string) => string | undefined;
  /** The files that are open, absolute; some may be on no disk yet. */
  readonly paths: () => readonly string[];
}

/** Reads a file as the editor has it. Throws as `readFileSync` does. */
export function readWith({ open }: Overlay): (path: string) => Uint8Array {
  return (path) => {
    const text = open(path);
    return text === undefined ? readFileSync(path) : Buffer.from(text, 'utf8');
  };
}

/** The text of a file as the editor has it; empty when it cannot be read. */
export function textWith(overlay: Overlay, path: string): string {
  try {
    return Buffer.from(readWith(overlay)(path)).toString('utf8');
  } catch {
    return '';
  }
}

/** The path of a document, when it is a file. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}
