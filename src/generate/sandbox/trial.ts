import { createHash } from 'node:crypto';
import type { Stage, TaskCase } from '../contract.ts';
import { idempotencyKey } from '../../tasks/policy.ts';
import { triedRun } from '../../tasks/tried.ts';
import type { Answered, Trial } from './inside/wire.ts';

/** How the ids of a world of data begin, and its time. Cases and test files are written with these. */
const usualIds = '00000000-0000-4000-8000-';

/**
 * The run that code finds itself in: another one for each code, so that nothing tells a trial from a run, and the same for
 * the same code, so that a verdict is always the same. The code cannot have its own hash in it.
 */
export function trialOf({ bundle }: Stage, attempt: number): Trial {
  const hex = createHash('sha256').update(`trial ${bundle}`).digest('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return {
    runId: uuid,
    idempotencyKey: createHash('sha256').update(`key ${bundle}`).digest('hex'),
    ids: `${hex.slice(32, 40)}-${hex.slice(40, 44)}-4${hex.slice(45, 48)}-8${hex.slice(49, 52)}-`,
    // Some time between 2021 and 2036.
    now: 1_609_459_200_000 + (Number.parseInt(hex.slice(52, 63), 16) % 473_000_000_000),
    attempt,
  };
}

/** What the code sees, and what cases say for it. */
function pairsOf({ step }: Stage, trial: Trial): readonly (readonly [inside: string, outside: string])[] {
  return [
    [trial.runId, triedRun],
    ...(step === undefined ? [] : [[trial.idempotencyKey, idempotencyKey(triedRun, step)] as const]),
    [trial.ids, usualIds],
  ];
}

/** What the world answers, with the ids of this trial where a case names the usual ones. */
export function intoTrial(stage: Stage, trial: Trial, fakes: TaskCase['fakes']): TaskCase['fakes'] {
  return exchanged(
    fakes,
    pairsOf(stage, trial).map(([inside, outside]) => [outside, inside] as const),
  );
}

/** What came of a trial, with the usual ids: so cases can name them, also by their first digits. */
export function outOfTrial(stage: Stage, trial: Trial, answer: Answered): Answered {
  const { outcome, emitted, files, asked } = answer;
  const short = (id: string): string => id.slice(0, 8);
  const plain = (id: string): string => id.replaceAll('-', '');
  const pairs = pairsOf(stage, trial).flatMap(([inside, outside]) => [
    [inside, outside] as const,
    ...[plain, short].map((of) => [of(inside), of(outside)] as const),
  ]);
  return { ...answer, ...exchanged({ outcome, emitted, files, asked }, pairs) };
}

function exchanged<T>(value: T, pairs: readonly (readonly [from: string, to: string])[]): T {
  if (value === undefined) return value;
  const before = JSON.stringify(value);
  let text = before;
  for (const [from, to] of pairs) text = text.replaceAll(from, to).replaceAll(from.toUpperCase(), to.toUpperCase());
  return text === before ? value : (JSON.parse(text) as T);
}
