import { RunError } from '../../engine/index.ts';
import type { At, Part as PartOf } from '../../flow/index.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';

/**
 * Runs the part that `on` names. The choice needs no record of its own: it is made of what is recorded, and the paths of what
 * follows have its name, so that a choice that is another now does not fit the journal.
 */
export async function branch(
  part: Part,
  id: string,
  on: () => string | boolean,
  parts: Readonly<Record<string, PartOf<unknown>>>,
  options: { readonly at: At },
): Promise<unknown> {
  const path = part.begin(id);
  const choice = String(located(part, path, options.at, on));
  const chosen = Object.hasOwn(parts, choice) ? parts[choice] : undefined;
  if (chosen === undefined) {
    throw new RunError(
      'MR3214',
      `Branch '${path}' of flow '${part.run.program.target}' has no case '${choice}'. It has: ${Object.keys(parts).join(', ')}.`,
      {
        fault: 'user-code',
        details: { run: part.run.id, step: path, source: part.source(options.at) },
      },
    );
  }
  const inner = part.part(`${path}/${choice}`, part.scope);
  const value = await chosen(inner);
  part.time = inner.time;
  return value;
}
