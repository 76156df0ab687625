import type { MoveEdit } from './edit.ts';
import { findThere, type Step } from './find.ts';
import { stateInto } from './add.ts';
import type { MapName, Owner } from './grammar.ts';
import { indexBefore, nameIn } from './lists.ts';
import { moveFile } from './move-file.ts';
import { suggestion, type Place } from './place.ts';
import { refuse } from './problem.ts';
import { ownerOf, settleType } from './states.ts';

/** Puts something elsewhere. Gives its path. */
export function move(step: Step, edit: MoveEdit): string {
  const place = findThere(step, edit.path);
  const { what, owner, location, path } = place;
  if (edit.into === undefined && what === 'definition' && edit.before === undefined) {
    refuse('MR1780', location, `a move of '${path}' says where: a file in 'into', or another definition in 'before'.`);
  }
  if (what === 'definition') moveDefinition(step, place, edit);
  else if (what === 'state') moveState(step, place, edit);
  else if (edit.into !== undefined) {
    refuse('MR1787', location, `'${path}' cannot go into '${edit.into}': only definitions and states go elsewhere.`, {
      hint: 'Remove it there, and add it here.',
    });
  } else if (Array.isArray(owner)) {
    const [item] = moved(owner, place, owner, edit.before);
    owner.splice(item.to, 0, item.value);
  } else refuse('MR1787', location, `'${path}' stands in no list.`);
  return path;
}

/** Takes an item out of its list, and says where it goes in the same or another one. */
function moved(
  from: unknown[],
  place: Place,
  list: unknown[],
  before: string | undefined,
): readonly [{ readonly value: unknown; readonly to: number }] {
  const index = Number(place.key);
  const value = from[index];
  if (from === list && before !== undefined && nameIn(place) === undefined) {
    const to = indexBefore(list, before, undefined, place.location);
    from.splice(index, 1);
    return [{ value, to: to > index ? to - 1 : to }];
  }
  from.splice(index, 1);
  return [{ value, to: indexBefore(list, before, nameIn(place), place.location) }];
}

function moveDefinition({ work }: Step, place: Place, { into, before }: MoveEdit): void {
  const { definition = '', location } = place;
  const map = place.map as MapName;
  const { files } = work.model;
  if (into !== undefined) {
    if (!files.includes(into)) {
      refuse('MR1781', location, `the system has no file '${into}'.`, suggestion(into, files, 'file'));
    }
    const nodes = work.map(map);
    nodes[definition] = moveFile(nodes[definition] as Owner, into);
  }
  if (before === undefined) return;
  const names = Object.keys(work.map(map)).filter((name) => name !== definition);
  const index = indexBefore(
    names.map((name) => ({ name })),
    before,
    (item) => String(item['name']),
    location,
  );
  names.splice(index, 0, definition);
  work.order(map, names);
}

function moveState(step: Step, place: Place, { into, before }: MoveEdit): void {
  const machine = (step.work.system['machines'] as Record<string, Owner>)[place.definition ?? ''] as Owner;
  const owner = place.owner as unknown[];
  const state = owner[Number(place.key)] as Owner;
  const before_ = ownerOf(machine, owner);
  const parent = into === undefined ? before_ : into === '' ? undefined : stateInto(machine, into, place);
  if (parent !== undefined && holds(state, parent)) {
    refuse('MR1787', place.location, `state '${place.name}' cannot go into itself.`);
  }
  const list = (parent ?? machine)['states'] as unknown[];
  const [item] = moved(owner, place, list, before);
  list.splice(item.to, 0, item.value);
  settleType(before_);
  settleType(parent);
}

function holds(state: Owner, other: Owner): boolean {
  return state === other || (state['states'] as Owner[]).some((inner) => holds(inner, other));
}
