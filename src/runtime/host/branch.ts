import type { At, Part as PartOf } from '../../flow/index.ts';
import { RunError } from '../../engine/index.ts';
import { located } from './call.ts';
import type { Part } from './part.ts';

/** Runs the part that `on` names. The choice is recorded. */
export async function branch(
  part: Part,
  id: string,
  on: () => string | boolean,
  parts: Readonly<Record<string, PartOf<unknown>>>,
  options: { readonly at: At },
): Promise<unknown> {
  const { path, record } = await part.begin(id);
  const choice = String(located(part, path, options.at, on));
  if (record !== undefined && (record.kind !== 'chosen' || record.data !== choice))
    return part.diverged(
      `'${path}' is recorded as '${record.name ?? record.data}', and the code now chooses '${choice}'`,
    );
  const chosen = Object.hasOwn(parts, choice) ? parts[choice] : undefined;
  if (chosen === undefined) {
    throw new RunError(
      'MR3214',
      `Branch '${path}' of flow '${part.run.row.target}' has no case '${choice}'. It has: ${Object.keys(parts).join(', ')}.`,
      {
        fault: 'user-code',
        details: { run: part.run.id, step: path, source: part.source(options.at) },
      },
    );
  }
  part.time = record?.at ?? part.run.append({ kind: 'chosen', path, place: options.at, data: choice }).at;
  const inner = part.part(`${path}/${choice}`, part.scope);
  const value = await chosen(inner);
  await inner.finish();
  part.time = inner.time;
  return value;
}
