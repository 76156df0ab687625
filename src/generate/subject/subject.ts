import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { readManifest } from '../../compiler/index.ts';
import { specifier } from '../../compiler/paths.ts';
import { createLayout } from '../../compiler/plan/layout.ts';
import { MillraceError, nearest } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { hashSystem, type SystemModel, type TaskNode } from '../../model/index.ts';
import type { Subject } from '../contract.ts';
import type { Places } from '../options.ts';

/** What is wrong before anything was asked or paid. */
function refuse(code: string, message: string, details: Readonly<Record<string, unknown>> = {}): never {
  throw new MillraceError(message, { code, retryable: false, fault: 'input', details });
}

/** What code may always import: nothing of it reaches the world. */
const always = ['zod', 'millrace/tasks', 'node:crypto', 'node:path', 'node:url', 'node:util'];

/** The declaration of a task. @throws MillraceError MR5001 for a task that is not there, MR5005 for one that has no code */
export function taskOf(system: SystemModel, name: string): TaskNode {
  const task = Object.hasOwn(system.tasks, name) ? system.tasks[name] : undefined;
  if (task === undefined) {
    const names = Object.keys(system.tasks);
    const like = nearest(name, names);
    const known = names.length === 0 ? 'It has no tasks.' : `Its tasks: ${names.join(', ')}.`;
    refuse(
      'MR5001',
      `The system '${system.name}' has no task '${name}'.${like === undefined ? '' : ` Did you mean '${like}'?`} ${known}`,
      { task: name, known: names },
    );
  }
  if (task.model !== undefined)
    refuse('MR5005', `The task '${name}' is performed by a model (it has 'model'), so there is no code to write.`, {
      task: name,
    });
  return task;
}

/** Where the code of a task belongs. @throws MillraceError MR5020 for a place outside the project */
export function subjectOf(system: SystemModel, name: string, places: Places, more: readonly string[] = []): Subject {
  const task = taskOf(system, name);
  const root = resolve(places.root);
  const layout = createLayout(system, { ...places, importExtension: '.ts' });
  const file = resolve(layout.taskFile(name));
  for (const path of [file, resolve(places.outDir)]) keepInside(root, path);
  const contracts = resolve(places.outDir, 'contracts.ts');
  return {
    system,
    task,
    root,
    file,
    testFile: file.replace(/\.ts$/, '.test.ts'),
    contracts,
    contract: layout.contract('task', name),
    imports: [...new Set([...always, specifier(dirname(file), contracts), ...more])],
  };
}

/** Contracts that are there, and of this very model. @throws MillraceError MR5003 */
export function needContracts({ system, contracts, root }: Subject): void {
  const folder = dirname(contracts);
  const shown = shownPath(folder, root);
  if (!existsSync(contracts))
    refuse('MR5003', `The contracts of '${system.name}' are not in ${shown}. Run \`dsl compile\` first.`, { folder });
  if (readManifest(folder)?.hash !== hashSystem(system))
    refuse('MR5003', `The contracts in ${shown} are not those of '${system.name}' as it is now. Run \`dsl compile\`.`, {
      folder,
    });
}

/** Nothing is read or written outside the project, also where a folder in it is a link to elsewhere. */
function keepInside(root: string, path: string): void {
  const real = realOf(path);
  for (const [from, to] of [
    [root, path],
    [realOf(root), real],
  ] as const) {
    const way = relative(from, to);
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
      refuse('MR5020', `'${path}' is outside the project ('${root}'), so nothing is generated there.`, { path, root });
  }
}

/** A path without links, as far as it is there. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOf(parent), path.slice(parent.length).replace(/^[\\/]/, ''));
  }
}
