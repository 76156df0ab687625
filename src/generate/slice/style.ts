import { createLayout } from '../../compiler/plan/layout.ts';
import { textIfThere } from '../../core/if-there.ts';
import type { SystemModel } from '../../model/index.ts';
import type { Places } from '../options.ts';

/** How others in the project are written. */
export interface StyleExample {
  readonly task: string;
  readonly code: string;
  readonly distance: number;
}

/** More would say the same again. */
const most = 3;
const longest = 12_000;

/** The implementations that are nearest to a task: those of its flows, then those whose names come next. */
export function styleExamples(
  model: SystemModel,
  task: string,
  near: readonly string[],
  places: Places,
): readonly StyleExample[] {
  const layout = createLayout(model, places);
  const others = Object.keys(model.tasks).filter((name) => name !== task);
  const ordered = [...near, ...others.filter((name) => !near.includes(name)).sort()];
  const found: StyleExample[] = [];
  for (const name of ordered) {
    if (found.length === most) break;
    const code = textIfThere(layout.taskFile(name));
    if (code === undefined || code.length > longest || isStub(code)) continue;
    found.push({ task: name, code, distance: near.includes(name) ? 1 : 2 });
  }
  return found;
}

/** A file that was begun, and does nothing yet. */
export function isStub(code: string): boolean {
  return /throw new NotImplementedError\(/.test(code);
}
