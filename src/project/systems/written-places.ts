import { dirname, resolve } from 'node:path';
import type { Diagnostic, Location, SystemModel } from '../../model/index.ts';
import type { Finding } from '../../rules/rule.ts';
import { memberPlace } from '../../source/places/member-place.ts';

/** Rules that tell of one member of a definition: they know its path, and the model only where the definition begins. */
const ofMembers = new Set(['MR1244', 'MR1247', 'MR1249']);

/** Finds the place of a member in the source, for rules that tell of one. */
export function writtenPlaces(
  model: SystemModel,
  entry: string,
  readText: (path: string) => string | undefined,
): (code: string, finding: Finding) => Location | undefined {
  return (code, { path, location }) => {
    if (!ofMembers.has(code)) return undefined;
    const keys = keysIn(model, path);
    const text = keys === undefined ? undefined : readText(resolve(dirname(entry), location.file));
    const place = text === undefined || keys === undefined ? undefined : memberPlace(text, location, keys);
    return place === undefined ? undefined : { file: location.file, ...place };
  };
}

/** The keys of a path within its definition. Names may have dots. */
function keysIn({ tasks, agents }: SystemModel, path: string): readonly string[] | undefined {
  if (/^budget(?:\.|$)/.test(path)) {
    const [, map, name] = /^budget\.(tasks|models)\.(.+)$/.exec(path) ?? [];
    return map === undefined || name === undefined ? path.split('.') : ['budget', map, name];
  }
  for (const [kind, all] of Object.entries({ tasks, agents }))
    for (const name of Object.keys(all))
      if (path.startsWith(`${kind}.${name}.`)) return path.slice(kind.length + name.length + 2).split('.');
  return undefined;
}

/** Says less of a task than there is, as its definition could not be read: what is missing may stand there. */
export function isOfBroken(
  { code, file, line, endLine }: Pick<Diagnostic, 'code' | 'file' | 'line' | 'endLine'>,
  read: readonly Diagnostic[],
): boolean {
  if (code !== 'MR1501' && code !== 'MR1212') return false;
  return read.some((one) => one.severity === 'error' && one.file === file && one.line >= line && one.line <= endLine);
}
