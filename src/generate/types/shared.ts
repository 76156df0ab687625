import { textIfThere } from '../../core/if-there.ts';
import type { Places } from '../options.ts';
import { openTypeGate, type TypeGate } from './gate.ts';

/** Whoever generates many tasks hands in the same places: their settings are read, and their contracts checked, once. */
const opened = new WeakMap<Places, { readonly text: string | undefined; readonly gate: Promise<TypeGate> }>();

/** The type checker of a project, opened once for the same places as long as its settings stay the same. */
export async function projectTypes(places: Places): Promise<TypeGate> {
  const had = opened.get(places);
  if (had !== undefined) {
    const gate = await had.gate;
    if (had.text === textIfThere(gate.tsconfig)) return gate;
  }
  const gate = openTypeGate(places);
  const entry = { text: textIfThere((await gate).tsconfig), gate };
  opened.set(places, entry);
  return await gate;
}
