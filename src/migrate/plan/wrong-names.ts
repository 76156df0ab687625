import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearest } from '../../core/index.ts';
import { pathName } from '../../model/edit/path.ts';
import { hashSystem, visitBodies, visitSteps, type Diagnostic, type SystemModel } from '../../model/index.ts';
import { lastName, namedIn, quoted } from '../scaffold/names.ts';
import { keptVersions, readSnapshot } from '../snapshots/snapshots.ts';
import { placeOfMember } from './place.ts';
import type { PlannedStep } from './planned-step.ts';

/**
 * The names in steps that their versions do not have, as far as these were kept.
 *
 * @param after The system at the version that all of it leads to, or the source that is ahead of its kept version.
 */
export function misnamed(
  steps: readonly PlannedStep[],
  after: SystemModel,
  entry: string,
  cwd: string,
): readonly Diagnostic[] {
  const kept = new Map(keptVersions(entry).map((each) => [each.version, each]));
  const known = new Map<string, SystemModel | undefined>();
  const at = (version: string): SystemModel | undefined => {
    const found = kept.get(version);
    const read = (): SystemModel | undefined => found && readSnapshot(found, cwd, after.name).snapshot?.model;
    // What was kept is the version, also when the source that still says its number has gone on.
    if (!known.has(version)) known.set(version, read() ?? (version === after.version ? after : undefined));
    return known.get(version);
  };
  const begun = at(after.version) ?? after;
  const isAhead = begun !== after && hashSystem(begun) !== hashSystem(after);
  return steps.flatMap((step) => {
    // The source was edited by hand for this step, and only its version is to be raised.
    const isSource =
      isAhead && step.from === after.version && step.parts.source === undefined && step.parts.codemod === undefined;
    return wrongNames(step, at(step.from), at(step.to) ?? (isSource ? after : undefined), cwd);
  });
}

/** A name in a step: where it stands, and the path of what it means. */
interface Named {
  readonly at: readonly string[];
  readonly path: string;
  /** The member that would say the new name, which is not there. */
  readonly unsaid?: 'machine' | 'flow' | 'event';
}

/**
 * The names in a step that its versions do not have (MR1825): a misspelt state would leave instances behind without
 * anybody noticing why.
 *
 * @param before The system at the version that the step leads from, where it is known.
 * @param after The system at the version that it leads to.
 */
function wrongNames(
  step: PlannedStep,
  before: SystemModel | undefined,
  after: SystemModel | undefined,
  cwd: string,
): readonly Diagnostic[] {
  const { old, next } = namesOf(step);
  return [...missing(old, before, step.from), ...missing(next, after, step.to)].map(
    ({ at, path, version, like, unsaid }) => ({
      code: 'MR1825',
      severity: 'error',
      message: `'${at.join('.')}' names '${path}', which version ${version} does not have${unsaid === undefined ? '.' : ': where does it go?'}`,
      file: step.file,
      ...placeOfMember(readFileSync(resolve(cwd, step.file), 'utf8'), step.down ? ['down', ...at] : at),
      hint: hintFor(like, unsaid),
    }),
  );
}

function hintFor(like: string | undefined, unsaid: Named['unsaid']): string {
  if (unsaid !== undefined) return `Write its new name in the step: \`${unsaid}: '${like ?? 'NEW'}'\`.`;
  return like === undefined ? '`dsl diff` shows what the versions have.' : `Did you mean '${like}'?`;
}

function missing(
  names: readonly Named[],
  model: SystemModel | undefined,
  version: string,
): readonly (Named & { readonly version: string; readonly like: string | undefined })[] {
  if (model === undefined) return [];
  const known = namedIn(model);
  const parts = partsOf(model);
  return names
    .filter(({ path }) => !known.has(path) && !parts.has(path))
    .map((each) => {
      const like = nearest(each.path, known.keys());
      return { ...each, version, like: like === undefined ? undefined : lastName(like) };
    });
}

/** The parts of steps, and the nodes of graphs: recorded by names of their own. */
function partsOf({ flows }: SystemModel): ReadonlySet<string> {
  const found = new Set<string>();
  for (const flow of Object.values(flows)) {
    const add = (path: string): void => void found.add(`flows.${pathName(flow.name)}.body.${quoted(path)}`);
    visitBodies(flow, (_body, path) => add(path));
    visitSteps(flow, (step, { path }) => {
      if (step.kind === 'graph') for (const { name } of step.nodes) add(`${path}/${name}`);
    });
  }
  return found;
}

/** What a step says of its old version, and of its new one. */
function namesOf({ parts }: PlannedStep): { readonly old: readonly Named[]; readonly next: readonly Named[] } {
  const old: Named[] = [];
  const next: Named[] = [];
  for (const [name, map] of Object.entries(parts.instances ?? {})) {
    const at = ['instances', name];
    const [from, to] = [`machines.${pathName(name)}`, `machines.${pathName(map.machine ?? name)}`];
    old.push({ at, path: from });
    next.push(map.machine === undefined ? { at, path: to, unsaid: 'machine' } : { at: [...at, 'machine'], path: to });
    for (const [state, target] of Object.entries(map.states ?? {})) {
      const inside = [...at, 'states', state];
      old.push({ at: inside, path: `${from}.states.${pathName(state)}` });
      const targets =
        typeof target === 'string' ? [target] : Array.isArray(target) ? (target as readonly string[]) : [];
      for (const each of targets) next.push({ at: inside, path: `${to}.states.${pathName(each)}` });
    }
  }
  for (const [name, map] of Object.entries(parts.runs ?? {})) {
    const at = ['runs', name];
    const from = `flows.${pathName(name)}`;
    old.push({ at, path: from });
    if (typeof map !== 'object' || 'question' in map) continue;
    const to = `flows.${pathName(map.flow ?? name)}`;
    next.push(map.flow === undefined ? { at, path: to, unsaid: 'flow' } : { at: [...at, 'flow'], path: to });
    for (const member of ['steps', 'inputs', 'results'] as const) {
      for (const [step, target] of Object.entries(map[member] ?? {})) {
        const inside = [...at, member, step];
        old.push({ at: inside, path: `${from}.body.${quoted(step)}` });
        if (typeof target === 'string') next.push({ at: inside, path: `${to}.body.${quoted(target)}` });
      }
    }
  }
  for (const [name, map] of Object.entries(parts.events ?? {})) {
    old.push({ at: ['events', name], path: `events.${pathName(name)}` });
    const to = `events.${pathName(map.event ?? name)}`;
    next.push({ at: ['events', name], path: to, ...(map.event === undefined && { unsaid: 'event' }) });
  }
  for (const [name, task] of Object.entries(parts.tasks ?? {})) {
    old.push({ at: ['tasks', name], path: `tasks.${pathName(name)}` });
    next.push({ at: ['tasks', name], path: `tasks.${pathName(task)}` });
  }
  return { old, next };
}
