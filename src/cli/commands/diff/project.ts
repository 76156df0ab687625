import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { filesAmong, findFiles } from '../../../project/kit/find-files.ts';
import { findSystems, hasErrors, type Found, type FoundSystem } from '../../../project/systems/read.ts';
import { shownPath } from '../../../core/shown-path.ts';
import type { Io } from '../../kit/io.ts';
import { openRevision } from '../../kit/revision.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { compare, isRaised, tell, tooLittle, type Compared } from './run.ts';

/** How a system stands against what it was. */
type Pair =
  | { readonly name: string; readonly is: 'compared'; readonly file: string; readonly found: Compared }
  | { readonly name: string; readonly is: 'new' | 'deleted'; readonly file: string };

/**
 * Compares the systems of a project with those of a revision: each with the one of its name, wherever its file was. One
 * that is gone breaks all that it had. Exit code 1 when a side has errors, and with `check` when something breaks and no
 * version says so.
 */
export async function diffProject(io: Io, base: string, globs: readonly string[], check: boolean): Promise<number> {
  const config = await readConfig(io.cwd);
  const [patterns, folder] = globs.length > 0 ? [globs, io.cwd] : [config.globs, config.root];
  const { files, readFile } = openRevision(io.cwd, base);
  const all = files();
  const there = new Set(all);
  const exists = (path: string): boolean => there.has(path);
  // What a rule says of a side is asked of `dsl check`; here only what cannot be read is in the way.
  const read = async (entries: readonly string[], options: Parameters<typeof findSystems>[3]): Promise<Found> =>
    await findSystems(entries, io.cwd, config, { ...options, stubs: true });
  const before = await read(filesAmong(all, patterns, folder, exists), { readFile, exists });
  const after = await read(await filesNow(patterns, folder), {});
  const broken = after.diagnostics.filter(
    ({ code, severity }) => severity === 'error' && /^MR(?:1[01]|2015)/.test(code),
  );
  if (hasErrors(broken)) {
    if (io.json) io.document({ ok: false, diagnostics: broken });
    else showDiagnostics(io, broken);
    return 1;
  }
  const pairs = await pairsOf(before.systems, after.systems, io.cwd);
  if (io.json)
    io.document({
      systems: pairs.map(({ is, name, file, ...rest }) => ({ name, file, is, ...('found' in rest ? rest.found : {}) })),
    });
  else for (const pair of pairs) show(io, pair);
  if (pairs.length === 0 && !io.json) io.out('There are no systems, and there were none.');
  const failed = pairs.filter((pair) => (pair.is === 'compared' ? !isRaised(pair.found) : pair.is === 'deleted'));
  for (const pair of failed)
    if (pair.is === 'compared') tooLittle(io, pair.found);
    else io.note(`System '${pair.name}' is gone: who uses it has nothing to go to.`);
  return check && failed.length > 0 ? 1 : 0;
}

/** None is no mistake here: all may have been deleted. */
async function filesNow(patterns: readonly string[], folder: string): Promise<readonly string[]> {
  try {
    return await findFiles(patterns, folder);
  } catch (thrown) {
    if (thrown instanceof CliError && thrown.code === 'MR2007') return [];
    throw thrown;
  }
}

async function pairsOf(
  before: readonly FoundSystem[],
  after: readonly FoundSystem[],
  cwd: string,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (const { model, entry } of after) {
    const { name } = model;
    const file = shownPath(entry, cwd);
    const was = before.find((each) => each.model.name === name);
    pairs.push(
      was === undefined
        ? { name, is: 'new', file }
        : { name, is: 'compared', file, found: await compare(was.model, model) },
    );
  }
  for (const { model, entry } of before)
    if (!after.some((each) => each.model.name === model.name))
      pairs.push({ name: model.name, is: 'deleted', file: shownPath(entry, cwd) });
  return pairs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function show(io: Io, pair: Pair): void {
  io.out(io.paint('bold', `${pair.name} (${pair.file})`));
  if (pair.is === 'compared') tell(io, pair.found);
  else io.out(pair.is === 'new' ? 'A new system.' : 'The system was deleted.');
  io.out('');
}
