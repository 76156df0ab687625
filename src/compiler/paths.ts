import { dirname, isAbsolute, join, relative } from 'node:path';

const posix = (path: string): string => path.replaceAll('\\', '/');

/** Is this the specifier of a file beside the importing one, rather than of a package? */
export function isRelative(specifier: string): boolean {
  return /^\.\.?(?:\/|$)/.test(specifier);
}

/** The specifier by which a module in `folder` imports `file`; both absolute, or both relative to the same folder. */
export function specifier(folder: string, file: string): string {
  const path = posix(relative(folder, file));
  return isAbsolute(path) || isRelative(path) ? path : `./${path}`;
}

/** Where an import of the source leads, seen from a generated module: packages as they are, files by a new path. */
export function rewriteSpecifier(from: string, sourceFile: string, moduleFile: string): string {
  if (!isRelative(from)) return from;
  return specifier(dirname(moduleFile), join(dirname(sourceFile), from));
}

/** Joins and normalises with forward slashes. */
export function joinPath(...parts: readonly string[]): string {
  return posix(join(...parts));
}
