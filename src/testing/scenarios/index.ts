export type { Problem } from './compare.ts';
export { ScenarioError } from './errors.ts';
export { assertScenario, playScenario, problemText, type ScenarioResult } from './play.ts';
export { scenariosIn, scenariosOf } from './scenario.ts';
export type * from './types.ts';
