import { Project } from 'ts-morph';

/** The files that are different after a codemod, or what it did that it may not do. */
export type Codemodded = { readonly texts: ReadonlyMap<string, string> } | { readonly problem: string };

/** A constant that is renamed keeps the name that others know it by: `{ sent }` becomes `{ sent: shopSent }`. */
const keepNames = { usePrefixAndSuffixTextForRename: true };

/**
 * Lets a function change files through a ts-morph project that holds them in memory. Nothing is written, also not by a
 * `save()` of the project.
 *
 * @param files The texts, by absolute path.
 */
export async function runCodemod(
  files: ReadonlyMap<string, string>,
  change: (project: Project) => void | Promise<void>,
): Promise<Codemodded> {
  // Neither the libraries' types nor a tsconfig: they take seconds to load, and no codemod of declarations asks for them.
  const project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: keepNames,
  });
  for (const [path, text] of files) project.createSourceFile(path, text);
  await change(project);
  const now = new Map(project.getSourceFiles().map((file) => [String(file.getFilePath()), file.getFullText()]));
  const strange = [...now.keys()].find((path) => !files.has(path));
  if (strange !== undefined) return { problem: `it made '${strange}', which is no file of the system` };
  const gone = [...files.keys()].find((path) => !now.has(path));
  if (gone !== undefined) return { problem: `it removed or moved '${gone}'` };
  return { texts: new Map([...now].filter(([path, text]) => files.get(path) !== text)) };
}
