import { canonicalJson } from '../../../core/index.ts';
import { significant } from '../../hash/print.ts';
import type { SystemModel } from '../../nodes/system.ts';
import { applyEdits, applyUnchecked } from '../apply.ts';
import type { Edit, RenameEdit } from '../edit.ts';
import { maps, type MapName } from '../grammar.ts';
import { parsePath, pathName, printPath, type PathPiece } from '../path.ts';
import { flowEdits } from './flows.ts';
import { fieldEdits } from './lists.ts';
import { haveNames, headEdits, placeEdits, stateEdits } from './machines.ts';
import { sameField, saidOf } from './same.ts';

export interface BetweenOptions {
  /**
   * What is not gone, but has another name: the paths that things have before, and their new names. What cannot be
   * followed into all code is taken away and put there again.
   */
  readonly renames?: readonly Pick<RenameEdit, 'path' | 'to'>[];
}

/**
 * The edits that make one version of a system of another: small ones where possible, such as a set for each field that
 * differs. Formatting, places in files and the order of definitions are no differences. Applied to `before` they give
 * what says the same as `after`, unless code of `after` needs what it does not have.
 *
 * @example
 * ```ts
 * import { editsBetween, type SystemModel } from 'millrace/model';
 *
 * const changes = (before: SystemModel, after: SystemModel) =>
 *   editsBetween(before, after, { renames: [{ path: 'tasks.charge', to: 'chargeCard' }] });
 * ```
 */
export function editsBetween(before: SystemModel, after: SystemModel, options: BetweenOptions = {}): readonly Edit[] {
  const { edits, model } = renamed(before, options.renames ?? []);
  const small = [...edits, ...changes(model, after, new Set())];
  const result = applyEdits(before, small).system;
  if (result !== undefined && textOf(result) === textOf(after)) return small;
  // What the small edits do not bring about is given as a whole.
  const loose = applyUnchecked(before, small);
  const wrong = new Set(
    (Object.keys(maps) as MapName[]).flatMap((map) =>
      Object.keys(after[map]).flatMap((name) =>
        loose === undefined || saidOf(loose[map][name]) !== saidOf(after[map][name]) ? [`${map}.${name}`] : [],
      ),
    ),
  );
  return [...edits, ...changes(model, after, wrong)];
}

const textOf = (model: SystemModel): string => canonicalJson(significant(model));

/** Renames what was said to be renamed, inner things first, since paths are those of before. */
function renamed(
  before: SystemModel,
  renames: NonNullable<BetweenOptions['renames']>,
): { readonly edits: readonly Edit[]; readonly model: SystemModel } {
  const depth = ({ path }: Rename): number => piecesOf(path).length;
  const edits: Edit[] = [];
  let model = before;
  const tried = ({ path, to }: Rename): boolean => {
    const { system } = applyEdits(model, [{ op: 'rename', path, to }]);
    if (system === undefined) return false;
    edits.push({ op: 'rename', path, to });
    model = system;
    return true;
  };
  let left: readonly Rename[] = renames.toSorted((a, b) => depth(b) - depth(a));
  const parked = new Set<Rename>();
  while (left.length > 0) {
    // A name may be free only once what has it has got its own new one.
    const rest = left.filter((one) => !tried(one));
    const stuck = rest.length === left.length ? rest.find((one) => !parked.has(one)) : undefined;
    if (rest.length === left.length && stuck === undefined) break;
    left = rest;
    if (stuck === undefined) continue;
    // Two things may exchange their names: one of them waits under another name.
    const waiting = { path: renamedPath(stuck.path, `${stuck.to}_`), to: stuck.to };
    const next = tried({ path: stuck.path, to: `${stuck.to}_` }) ? waiting : stuck;
    parked.add(next);
    left = rest.map((one) => (one === stuck ? next : one));
  }
  return { edits, model };
}

type Rename = Pick<RenameEdit, 'path' | 'to'>;

const piecesOf = (path: string): readonly PathPiece[] => {
  const parsed = parsePath(path);
  return 'pieces' in parsed ? parsed.pieces : [];
};

function renamedPath(path: string, to: string): string {
  return printPath(
    piecesOf(path).map((piece, index, { length }) => (index === length - 1 ? { ...piece, name: to } : piece)),
  );
}

const definitions = ['events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'contexts'] as const;
const mapNames = new Set<string>([...Object.keys(maps), 'files', 'schemaVersion']);

/** The edits from one system to another; of some definitions as a whole. */
function changes(before: SystemModel, after: SystemModel, whole: ReadonlySet<string>): readonly Edit[] {
  const edits: Edit[] = [];
  const all = ['locals', 'imports', ...definitions] as const;
  for (const map of all.toReversed()) {
    for (const name of Object.keys(before[map])) {
      if (!Object.hasOwn(after[map], name)) edits.push({ op: 'remove', path: `${map}.${pathName(name)}` });
    }
  }
  edits.push(...fieldEdits(before, after, '', sameField, mapNames));
  for (const map of all) {
    for (const [name, node] of Object.entries(after[map])) {
      const path = `${map}.${pathName(name)}`;
      const { file } = node.location;
      const old = Object.hasOwn(before[map], name) ? before[map][name] : undefined;
      if (old === undefined) {
        const isKnown = map !== 'imports' && file !== before.files[0] && before.files.includes(file);
        edits.push({ op: 'add', path, value: node, ...(isKnown && { file }) });
      } else if (saidOf(old) !== saidOf(node)) {
        if (whole.has(`${map}.${name}`)) edits.push({ op: 'set', path, value: node });
        else edits.push(...inside(before, after, map, name, path));
      }
    }
  }
  return edits;
}

const named: ReadonlySet<string> = new Set(['name']);

function inside(before: SystemModel, after: SystemModel, map: MapName, name: string, path: string): readonly Edit[] {
  const flows = [before.flows[name], after.flows[name]] as const;
  if (map === 'flows' && flows[0] !== undefined && flows[1] !== undefined) return flowEdits(flows[0], flows[1], path);
  const [old, next] = [before.machines[name], after.machines[name]];
  if (map !== 'machines' || old === undefined || next === undefined) {
    return fieldEdits(before[map][name] ?? {}, after[map][name] ?? {}, path, sameField, named);
  }
  const head = headEdits(old, next, path);
  if (sameField(old, next, 'states')) return head;
  if (!haveNames(old) || !haveNames(next)) return [...head, { op: 'set', path: `${path}.states`, value: next.states }];
  const places = placeEdits(old, next, path);
  // States that lose or get others change by that: what is left to be changed is seen when they are in place.
  const placed = places.length === 0 ? before : applyUnchecked(before, places);
  const now = placed?.machines[name];
  if (now === undefined) return [...head, { op: 'set', path: `${path}.states`, value: next.states }];
  return [...head, ...places, ...stateEdits(now, next, path)];
}
