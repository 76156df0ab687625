import { dirname, join, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import { readSystem } from '../../../source/index.ts';
import { placeIn } from '../../systems/machine-places.ts';
import type { Thrown } from './sender.ts';

/** What was thrown, and where in the source that stands which threw: `orders.dsl.ts:12:5`. */
export interface PlacedThrown extends Thrown {
  readonly source?: string;
}

/** Looks up in the source what threw. What is not found there stays as it is. */
export async function withPlaces(
  cwd: string,
  file: string,
  thrown: readonly Thrown[],
): Promise<readonly PlacedThrown[]> {
  const entry = resolve(cwd, file);
  const { system } = await readSystem(entry, { cwd });
  return thrown.map((each) => {
    const machine = system?.machines[each.machine];
    if (machine === undefined) return each;
    const { file: part, line, column } = placeIn(machine, each.at);
    return { ...each, source: `${shownPath(join(dirname(entry), part), cwd)}:${line}:${column}` };
  });
}
