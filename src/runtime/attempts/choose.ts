import type { Gate } from './gate.ts';
import type { Level } from './waiting.ts';

/** Of so many calls in a row that pass over lower priorities, the last goes to one of them. */
export const every = 8;

/** Gates whose attempts compete with each other: of one task, or of all where the whole process is limited. */
export interface Pool {
  readonly gates: readonly Gate[];
  /** How many calls there were. */
  turn: number;
  /** How many calls in a row have passed over a lower priority. */
  passed: number;
}

interface Choice {
  readonly gate: Gate;
  readonly level: Level;
}

/**
 * Whose turn it is among what waits at gates that would let something through: the highest priority (the task's, then
 * the run's); of the same one the task that was last called longest ago, and in it the next run. Every eighth call
 * that would pass over lower priorities goes to the one of them that has waited longest, so that none starves.
 */
export function choose(pool: Pool, open: (gate: Gate) => boolean): Choice | undefined {
  const heads: Choice[] = [];
  let best: Choice | undefined;
  for (const gate of pool.gates) {
    const level = gate.waiting.levels[0];
    if (level === undefined || !open(gate)) continue;
    const head = { gate, level };
    heads.push(head);
    if (best === undefined || before(head, best)) best = head;
  }
  if (best === undefined) return undefined;
  const first = best;
  const passesOver = heads.some((head) => head.gate.waiting.levels.length > 1 || compare(head, first) < 0);
  if (!passesOver) pool.passed = 0;
  else if (++pool.passed >= every) {
    pool.passed = 0;
    best = longest(heads, first);
  }
  best.level.served = ++pool.turn;
  return best;
}

/** Of what has a lower priority, what was called longest ago. */
function longest(heads: readonly Choice[], first: Choice): Choice {
  let found: Choice | undefined;
  for (const { gate } of heads) {
    for (const level of gate.waiting.levels) {
      const choice = { gate, level };
      if (compare(choice, first) < 0 && (found === undefined || level.served < found.level.served)) found = choice;
    }
  }
  return found ?? first;
}

function before(one: Choice, other: Choice): boolean {
  const order = compare(one, other);
  return order > 0 || (order === 0 && one.level.served < other.level.served);
}

/** Above 0 when the first goes first. */
function compare(one: Choice, other: Choice): number {
  return one.gate.priority - other.gate.priority || one.level.priority - other.level.priority;
}
