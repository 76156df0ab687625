import { nearest } from '../../core/index.ts';
import { vanishedBetween, type Diagnostic, type Renames, type SystemModel, type Vanished } from '../../model/index.ts';
import { lastName, namedIn, newPath, normalPath } from './names.ts';

/** What became of what is gone. */
export interface Answers {
  /** From the old path to the new name. */
  readonly renames: Renames;
  /** States that are one with a state that was there before: from the old path to its name. */
  readonly merged: Renames;
  /** The old paths of what went without a successor. */
  readonly dropped: ReadonlySet<string>;
}

/** Asks what became of something: gives its new name, or `undefined` when it went. */
export type Ask = (question: Vanished) => Promise<string | undefined>;

/** What people said in advance: `PATH=NAME`, and `PATH`. */
export interface Told {
  readonly rename?: readonly string[];
  readonly drop?: readonly string[];
}

/**
 * Takes what was said in advance, and asks for the rest where there is somebody to ask. MR1829: an answer to something
 * that is not asked, or with a name that the new version has not.
 */
export async function answersFor(
  before: SystemModel,
  after: SystemModel,
  file: string,
  told: Told,
  ask: Ask | undefined,
): Promise<Answers & { readonly diagnostics: readonly Diagnostic[] }> {
  const renames = new Map<string, string>();
  const dropped = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  const refuse = (message: string, hint: string): void => {
    const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    diagnostics.push({ code: 'MR1829', severity: 'error', message, ...place, hint });
  };
  const [old, next] = [namedIn(before), namedIn(after)];
  const known = (path: string, option: string): string | undefined => {
    const normal = normalPath(path);
    if (normal !== undefined && old.has(normal)) return normal;
    const like = nearest(path, old.keys());
    refuse(
      `${option} '${path}': version ${before.version} has nothing of that path.`,
      like === undefined ? 'A path is such as tasks.charge or machines.order.states.paid.' : `Did you mean '${like}'?`,
    );
    return undefined;
  };
  for (const each of told.rename ?? []) {
    const at = each.lastIndexOf('=');
    const path = known(at === -1 ? each : each.slice(0, at), '--rename');
    if (path === undefined) continue;
    if (at === -1) refuse(`--rename '${each}' does not say the new name.`, `Write --rename ${each}=NEW.`);
    else renames.set(path, nameFrom(each.slice(at + 1), next));
  }
  for (const each of told.drop ?? []) {
    const path = known(each, '--drop');
    if (path !== undefined) dropped.add(path);
  }
  for (const [path, name] of renames) {
    const there = newPath(path, renames);
    if (next.has(there)) continue;
    const like = nearest(
      there,
      [...next].filter(([, kind]) => kind === old.get(path)).map(([each]) => each),
    );
    refuse(
      `--rename '${path}=${name}': the source has no '${there}'.`,
      like === undefined ? 'Name what stands there now.' : `Did you mean '${lastName(like)}'?`,
    );
  }
  for (const path of new Set([...renames.keys(), ...dropped])) {
    const isThere = next.has(newPath(path, new Map([...renames].filter(([each]) => each !== path))));
    if (isThere) refuse(`'${path}' is still there: it was neither renamed nor dropped.`, 'Leave this answer out.');
    else if (renames.has(path) && dropped.has(path)) refuse(`'${path}' was renamed, and dropped.`, 'Say one of them.');
  }
  if (diagnostics.length === 0 && ask !== undefined) await askFor(before, after, renames, dropped, ask);
  const merged = new Map([...renames].filter(([path]) => old.get(path) === 'state' && old.has(sibling(path, renames))));
  for (const path of merged.keys()) renames.delete(path);
  // In the order of their paths, however they became known.
  return { renames: new Map([...renames].toSorted()), merged, dropped, diagnostics };
}

/** The new name: said alone, in quotes, or as a path. */
function nameFrom(text: string, next: ReadonlyMap<string, unknown>): string {
  const path = normalPath(text);
  return path !== undefined && (next.has(path) || /^["']/.test(text)) ? lastName(path) : text;
}

/** The path that the new name would have had in the old version. */
function sibling(path: string, renames: Renames): string {
  return newPath(path, new Map([[path, renames.get(path) ?? '']]));
}

async function askFor(
  before: SystemModel,
  after: SystemModel,
  renames: Map<string, string>,
  dropped: Set<string>,
  ask: Ask,
): Promise<void> {
  for (;;) {
    // What is below something is a question only once it is known what became of that.
    const [question] = vanishedBetween(before, after, renames).filter(({ path }) => !dropped.has(path));
    if (question === undefined) return;
    const name = question.candidates.length === 0 ? undefined : await ask(question);
    if (name === undefined) dropped.add(question.path);
    else renames.set(question.path, name);
  }
}
