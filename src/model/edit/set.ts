import type { RemoveEdit, SetEdit } from './edit.ts';
import { find, findThere, type Step } from './find.ts';
import { isMap, type MapName, type Owner } from './grammar.ts';
import type { Place } from './place.ts';
import { refuse } from './problem.ts';
import type { ReadText } from './read.ts';
import { ownerOf, settleType } from './states.ts';
import { given } from './value.ts';

/** Members that are no field of anybody: what they say follows from something else, or is changed by other edits. */
function checkField({ what, path, name, type, location, definition, key }: Place, verb: string): void {
  if (what === 'definition' || what === 'body' || what === 'element' || (what !== 'field' && key !== name)) return;
  const isNode = type !== undefined;
  if (isNode && (name === 'kind' || name === 'location')) {
    refuse('MR1787', location, `'${path}' cannot be ${verb}: it follows from what stands there.`);
  }
  if (definition === undefined && (name === 'files' || name === 'schemaVersion' || isMap(name))) {
    refuse('MR1787', location, `'${path}' cannot be ${verb}: edits name the definitions, one by one.`);
  }
  if (isNode && definition !== undefined && what === 'field' && (name === 'name' || name === 'id')) {
    refuse('MR1787', location, `'${path}' cannot be ${verb}.`, {
      hint: "A 'rename' gives it another name, and follows it everywhere.",
    });
  }
}

/** What a set has changed. */
interface WasSet {
  readonly path: string;
  readonly value: unknown;
  readonly before: unknown;
}

/** Changes a field, or puts one thing in the place of another. */
export function set(step: Step, edit: SetEdit, read: ReadText | undefined): WasSet {
  const place = find(step, edit.path);
  const { what, owner, key, path, location } = place;
  if (what !== 'field' && what !== 'body' && !place.exists) findThere(step, edit.path);
  checkField(place, 'set');
  const before = (owner as Owner)[key];
  if (!('text' in edit) && edit.value === undefined) {
    if (!place.exists || Array.isArray(owner) || what === 'definition') {
      refuse('MR1787', location, `'${path}' is no field that could be left out.`, {
        hint: "A 'remove' takes it away.",
      });
    }
    delete (owner as Owner)[key];
    return { path, value: undefined, before };
  }
  const { value, locals, imports } = given(edit, place, step.work, read);
  for (const [map, nodes] of [['locals', locals] as const, ['imports', imports] as const]) {
    for (const node of nodes) {
      if (Object.hasOwn(step.work.map(map), node.name)) continue;
      step.work.map(map)[node.name] = structuredClone(node) as unknown as Owner;
      step.work.touch(map, node.name);
    }
  }
  (owner as Owner)[key] = value;
  if (place.type === 'state' && place.name === 'states') settleType(owner as Owner);
  return { path, value, before };
}

/** Takes something away. Gives its path. */
export function remove(step: Step, { path: text }: RemoveEdit): string {
  const place = findThere(step, text);
  const { what, owner, key, path, location } = place;
  checkField(place, 'removed');
  if (what === 'body') refuse('MR1787', location, `'${path}' cannot be removed: its step needs it.`);
  if (what === 'definition') delete step.work.map(place.map as MapName)[String(key)];
  else if (Array.isArray(owner)) {
    owner.splice(Number(key), 1);
    if (what === 'state') {
      const machine = (step.work.system['machines'] as Record<string, Owner>)[place.definition ?? ''] as Owner;
      settleType(ownerOf(machine, owner));
    }
  } else delete owner[key];
  return path;
}
