import type { ImportNode, LocalNode } from '../nodes/expression.ts';
import type { Location } from '../nodes/location.ts';
import { stepName } from '../visit/steps.ts';
import type { StepNode } from '../nodes/flow.ts';
import type { AddEdit } from './edit.ts';
import { find, nounOf, type Step } from './find.ts';
import { isOwner, maps, type MapName, type Owner } from './grammar.ts';
import { indexBefore, nameIn } from './lists.ts';
import { suggestion, type Place } from './place.ts';
import { pathName } from './path.ts';
import { refuse } from './problem.ts';
import type { ReadText } from './read.ts';
import { findState, settleType, stateNames } from './states.ts';
import { given } from './value.ts';
import { moveFile } from './move-file.ts';

/** Puts something where there is nothing. Gives its path. */
export function add(step: Step, edit: AddEdit, read: ReadText | undefined): string {
  const { work } = step;
  const place = find(step, edit.path);
  const isByIndex = Array.isArray(place.owner) && nameIn(place) === undefined;
  if (place.exists && !isByIndex) refuseStanding(step, place);
  if (edit.file !== undefined && place.what !== 'definition') {
    refuse('MR1787', place.location, `only a definition goes into a file.`);
  }
  if (edit.into !== undefined && place.what !== 'state') {
    refuse('MR1787', place.location, `only a state goes into another one.`);
  }
  const { value, locals, imports } = given(edit, place, work, read);
  checkName(place, value);
  bring(step, place.location, [...(edit.locals ?? []), ...locals], [...(edit.imports ?? []), ...imports]);
  if (place.what === 'definition') addDefinition(step, place, value, edit);
  else if (place.what === 'state') addState(step, place, value, edit);
  else if (Array.isArray(place.owner)) {
    const { owner } = place;
    const index = isByIndex && edit.before === undefined ? Number(place.name) : undefined;
    owner.splice(index ?? indexBefore(owner, edit.before, nameIn(place), place.location), 0, value);
  } else {
    if (edit.before !== undefined) refuse('MR1787', place.location, `'${place.path}' is in no list.`);
    place.owner[place.key] = value;
  }
  return place.path;
}

function refuseStanding({ journal }: Step, place: Place): never {
  const edit = journal.addedAt(place.path);
  const what = `there is a ${nounOf(place)} '${place.name}' already`;
  if (edit !== undefined) return refuse('MR1785', place.location, `${what}: edit ${edit} adds it.`);
  return refuse('MR1782', place.location, `${what}.`, {
    hint: "Change it with a 'set', or give the new one another name.",
  });
}

/** What stands under a name says the same name of itself. */
function checkName(place: Place, value: unknown): void {
  if (!isOwner(value)) return;
  const own = ownName(place, value);
  if (own === undefined || own === place.name) return;
  refuse('MR1784', place.location, `what is given for '${place.path}' is called '${own}'.`);
}

function ownName({ what }: Place, value: Owner): string | undefined {
  if (what === 'step') return typeof value['kind'] === 'string' ? stepName(value as unknown as StepNode) : undefined;
  const key = {
    definition: 'name',
    state: 'name',
    part: 'name',
    graphNode: 'name',
    alias: 'name',
    run: 'id',
    on: 'event',
    match: 'field',
  }[what as string];
  const own = key === undefined ? undefined : value[key];
  return typeof own === 'string' ? own : undefined;
}

/** Kinds whose names are unique over all of them. */
const shared = ['events', 'tasks', 'agents', 'resources', 'flows', 'machines'] as const;
const inCode = ['locals', 'imports'] as const;

/** Refuses a name that another definition, declaration or import has. */
export function checkFree({ work, journal }: Step, map: MapName, name: string, location: Location): void {
  const groups: readonly (readonly MapName[])[] = [shared, inCode, ['contexts']];
  for (const other of groups.find((group) => group.includes(map)) ?? []) {
    const nodes = work.system[other] as Readonly<Record<string, { readonly location: Location }>>;
    const node = Object.hasOwn(nodes, name) ? nodes[name] : undefined;
    if (node === undefined) continue;
    const edit = journal.addedAt(`${other}.${pathName(name)}`);
    const kind = maps[other];
    const message = `there is ${/^[aei]/.test(kind) ? 'an' : 'a'} ${kind} '${name}' already`;
    refuse(
      edit === undefined ? 'MR1782' : 'MR1785',
      location,
      `${message}${edit === undefined ? '' : `: edit ${edit} adds it`}.`,
      {
        related: [{ message: 'it stands here', location: node.location }],
      },
    );
  }
}

function addDefinition(step: Step, place: Place, value: unknown, edit: AddEdit): void {
  const { work } = step;
  const { name, location } = place;
  const map = place.map as MapName;
  checkFree(step, map, name, location);
  const { files } = work.model;
  const file = edit.file ?? files[0];
  if (file === undefined || !files.includes(file)) {
    refuse('MR1781', location, `the system has no file '${file}'.`, suggestion(file ?? '', files, 'file'));
  }
  if (!isOwner(value)) refuse('MR1784', location, `what is given for '${place.path}' is no ${maps[map]}.`);
  else {
    const node = map === 'imports' && edit.file === undefined ? value : moveFile(value, file);
    work.map(map)[name] = { ...node, name };
  }
  work.touch(map, name);
  if (edit.before === undefined) return;
  const names = Object.keys(work.map(map)).filter((one) => one !== name);
  names.splice(indexOf(names, edit.before, location), 0, name);
  work.order(map, names);
}

function indexOf(names: readonly string[], before: string, location: Location): number {
  return indexBefore(
    names.map((name) => ({ name })),
    before,
    (item) => String(item['name']),
    location,
  );
}

function addState(step: Step, place: Place, value: unknown, { into, before }: AddEdit): void {
  const machine = (step.work.system['machines'] as Record<string, Owner>)[place.definition ?? ''] as Owner;
  const parent = into === undefined || into === '' ? undefined : stateInto(machine, into, place);
  const list = (parent ?? machine)['states'] as unknown[];
  list.splice(indexBefore(list, before, nameIn(place), place.location), 0, value);
  settleType(parent);
}

/** The state that something goes into. */
export function stateInto(machine: Owner, into: string, { location }: Place): Owner {
  const state = findState(machine, into);
  if (state !== undefined) return state;
  return refuse(
    'MR1781',
    location,
    `machine '${String(machine['name'])}' has no state '${into}'.`,
    suggestion(into, stateNames(machine), 'state'),
  );
}

/** Brings declarations and imports along, unless they are there. */
function bring(step: Step, location: Location, locals: readonly LocalNode[], imports: readonly ImportNode[]): void {
  const put = (map: 'locals' | 'imports', node: LocalNode | ImportNode, same: (other: Owner) => boolean): void => {
    const nodes = step.work.map(map);
    const other = Object.hasOwn(nodes, node.name) ? nodes[node.name] : undefined;
    if (other !== undefined && same(other)) return;
    checkFree(step, map, node.name, location);
    nodes[node.name] = structuredClone(node) as unknown as Owner;
    step.work.touch(map, node.name);
  };
  for (const local of locals) put('locals', local, ({ text }) => text === local.text);
  for (const one of imports) {
    put('imports', one, ({ from, imported }) => from === one.from && imported === one.imported);
  }
}
