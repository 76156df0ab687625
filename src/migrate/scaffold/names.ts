import {
  stepParts,
  visitStates,
  visitSteps,
  type Renames,
  type SystemModel,
  type Vanished,
} from '../../model/index.ts';
import { parsePath, pathName, printPath, type PathPiece } from '../../model/edit/path.ts';

/** Everything of a system that a migration can speak of, by its path. */
export function namedIn(model: SystemModel): ReadonlyMap<string, Vanished['kind']> {
  const found = new Map<string, Vanished['kind']>();
  for (const name of Object.keys(model.events)) found.set(`events.${pathName(name)}`, 'event');
  for (const name of Object.keys(model.tasks)) found.set(`tasks.${pathName(name)}`, 'task');
  for (const machine of Object.values(model.machines)) {
    const path = `machines.${pathName(machine.name)}`;
    found.set(path, 'machine');
    visitStates(machine, ({ name }) => found.set(`${path}.states.${pathName(name)}`, 'state'));
  }
  for (const flow of Object.values(model.flows)) {
    const path = `flows.${pathName(flow.name)}`;
    found.set(path, 'flow');
    visitSteps(flow, (step, place) => {
      if (step.kind !== 'returns') found.set(`${path}.body.${quoted(place.path)}`, 'step');
    });
  }
  return found;
}

/** The path of a step below its flow as it stands in paths: each piece in quotes where it needs them. */
export function quoted(path: string): string {
  return path.split('/').map(pathName).join('/');
}

/** A path as the model writes it; nothing for what is none. */
export function normalPath(path: string): string | undefined {
  const parsed = parsePath(path);
  return 'problem' in parsed ? undefined : printPath(parsed.pieces);
}

/** What a path of the old version is in the new one, by what was renamed. */
export function newPath(path: string, renames: Renames): string {
  const parsed = parsePath(path);
  if ('problem' in parsed) return path;
  const { pieces } = parsed;
  const renamed = pieces.map((piece, index): PathPiece => {
    const name = renames.get(printPath(pieces.slice(0, index + 1)));
    return name === undefined ? piece : { ...piece, name };
  });
  return printPath(renamed);
}

/** The last name of a path. */
export function lastName(path: string): string {
  const parsed = parsePath(path);
  return 'problem' in parsed ? path : (parsed.pieces.at(-1)?.name ?? path);
}

/** The paths, below their flow, of all steps that have recorded what a task gave or what an event held. */
export function stepsThatRecord(
  model: SystemModel,
  flowName: string,
  kind: 'task' | 'event',
  name: string,
): readonly string[] {
  const flow = model.flows[flowName];
  const found: string[] = [];
  if (flow === undefined) return found;
  visitSteps(flow, (step, { path }) => {
    if (kind === 'event') {
      if (step.kind === 'waitFor' && step.event === name) found.push(path);
      return;
    }
    for (const { key, call } of stepParts(step).calls ?? []) {
      if (call.target.kind !== 'task' || call.target.name !== name) continue;
      if (step.kind === 'graph') found.push(`${path}/${key}`);
      else if (key === 'call') found.push(path);
    }
  });
  return found;
}
