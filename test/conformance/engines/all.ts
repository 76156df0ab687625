import { cases } from './cases.ts';
import { eventCases } from './event-cases.ts';
import { flowCases } from './flow-cases.ts';
import { machineCases } from './machine-cases.ts';
import { modelCases } from './model-cases.ts';
import type { EngineCase } from './play.ts';
import { taskCases } from './task-cases.ts';

/** Everything that is asked of an engine. */
export const allCases: readonly EngineCase[] = [
  ...cases,
  ...taskCases,
  ...eventCases,
  ...flowCases,
  ...machineCases,
  ...modelCases,
];
