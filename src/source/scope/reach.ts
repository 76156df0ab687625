import type { Reading } from '../reading.ts';
import type { Site } from '../syntax/module.ts';
import { need } from './locals.ts';
import { needs } from './needs.ts';

/**
 * The keys in `system.locals` and `system.imports` that a piece of source reaches, transitively and sorted. Reports
 * what a pure lambda must not do, in the piece and in everything it reaches.
 */
export function reach(
  reading: Reading,
  pieces: readonly Site[],
  given: ReadonlySet<string> = new Set(),
): readonly string[] {
  const direct = new Set<string>();
  for (const piece of pieces)
    for (const key of needs(reading, piece, given, (use, binding) => need(reading, use, binding))) direct.add(key);
  return closure(reading, direct);
}

/** Everything that some keys reach, themselves included. */
export function closure(reading: Reading, direct: Iterable<string>): readonly string[] {
  const all = new Set<string>();
  const open = [...direct];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (all.has(key)) continue;
    all.add(key);
    open.push(...(reading.reached.get(key)?.needs ?? []));
  }
  return [...all].sort();
}
