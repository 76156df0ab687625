import type { Codemod } from '../codemod.ts';
import { allTriesCount } from './attempts.ts';
import { numbersAreDurations } from './durations.ts';
import { condIsGuard } from './guards.ts';
import { processIsMachine } from './machine.ts';
import { invokeIsRun } from './runs.ts';
import { statesSayWhatTheyAre } from './states.ts';

/**
 * All codemods, in the order of their versions. Those of 0.1.0, the first version, bring over what people write who come
 * from other tools; there is nothing older.
 */
export const codemods: readonly Codemod[] = [
  processIsMachine,
  numbersAreDurations,
  allTriesCount,
  condIsGuard,
  statesSayWhatTheyAre,
  invokeIsRun,
];
