/**
 * What every engine does in the same way, whatever it keeps: errors, ids, what can be referred to by name, matching,
 * schedules, decisions, what tasks reach of the world, who performs the tasks of models.
 *
 * @module
 */
export { checkSchedule, newestDue, timesOf, type Times } from './cron.ts';
export { decision, filledIn, jsonSchema, type Decision, type Question } from './decision.ts';
export { endEvent, type WorkEnd } from './end-event.ts';
export { Cancelled, EventError, never, OwnerError, RunError } from './errors.ts';
export { checkFits, fits, vanishedStates } from './fits.ts';
export { historyLimits, type HistoryLimit, type HistoryLimits } from './history-limits.ts';
export { checkId, checkRunId, newId } from './ids.ts';
export type { InstanceName } from './instance-name.ts';
export { keyOf } from './key-of.ts';
export { matchKey } from './match.ts';
export { limitsOf } from './models/budgets.ts';
export { isOverrun } from './models/overrun.ts';
export { lacking, noModels, notAsked, perform } from './models/performers.ts';
export { hasLimitedTools, policyOf } from './models/policy.ts';
export { stepOf, toolPath } from './models/tool-path.ts';
export { notBefore } from './not-before.ts';
export { payloadText } from './payload.ts';
export { proven } from './proven.ts';
export { idFrom, numberFrom } from './random.ts';
export { Registry, taskStep, type Program, type TaskCode } from './registry.ts';
export { sameJson } from './same-json.ts';
export { Scope } from './scope.ts';
export { isBreaking } from './versions.ts';
export { inWholeMs } from './whole-clock.ts';
export { worldOf, type ResourceOption } from './world/evidence-world.ts';
export { nodeWorld, type NodeWorldOptions } from './world/node-world.ts';
