import type { RenameEdit } from '../edit.ts';
import { findThere, nounOf, siblingPath, type Step } from '../find.ts';
import type { Place } from '../place.ts';
import { refuse } from '../problem.ts';
import { renameDefinition } from './definition.ts';
import { renameLocal } from './local.ts';
import { renameEntry, renameRun, renameState } from './machine.ts';
import { renameNode, renamePart, renameStep } from './step.ts';

type Rename = (step: Step, place: Place, to: string) => void;

const renames: Partial<Record<Place['what'], Rename>> = {
  definition: (step, place, to) =>
    (place.map === 'locals' || place.map === 'imports' ? renameLocal : renameDefinition)(step, place, to),
  step: renameStep,
  part: renamePart,
  graphNode: renameNode,
  state: renameState,
  run: renameRun,
  alias: renameEntry,
};

/** Gives something another name, and follows it. Gives both paths. */
export function rename(step: Step, edit: RenameEdit): { readonly path: string; readonly to: string } {
  const place = findThere(step, edit.path);
  const one = renames[place.what];
  if (one === undefined) {
    return refuse(
      'MR1787',
      place.location,
      `'${place.path}' is no name of its own: a ${nounOf(place)} cannot be renamed.`,
      {
        hint: "Remove it, and add it under its new name; or change the field with a 'set'.",
      },
    );
  }
  if (edit.to === '__proto__') refuse('MR1782', place.location, `nothing can be called '__proto__'.`);
  // An alias is listed by the name of what it stands for.
  const to = place.what === 'alias' ? place.path : siblingPath(place, edit.to);
  if (place.what !== 'alias' && place.name === edit.to) {
    refuse('MR1780', place.location, `'${place.path}' has that name.`);
  }
  one(step, place, edit.to);
  return { path: place.path, to };
}
