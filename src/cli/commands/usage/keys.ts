import type { UsageKey } from '../../../store/index.ts';

/** What calls of models can be added up by. */
export const usageKeys = [
  'task',
  'agent',
  'model',
  'provider',
  'run',
  'step',
  'day',
] as const satisfies readonly UsageKey[];
