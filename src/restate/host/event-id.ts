import { newId, numberFrom } from '../../engine/index.ts';
import type { Run } from '../runs/run.ts';

/** The id of the event that a step has published as its `index`th: the same in every replay, another in a run begun anew. */
export function eventId(run: Run, path: string, index: number, at: number): string {
  let drawn = 0;
  return newId('evt', at, () => numberFrom(run.invocation, `${path} ${index}`, drawn++));
}
