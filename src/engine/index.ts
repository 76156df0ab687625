/**
 * What every engine does in the same way, whatever it keeps: errors, ids, what can be referred to by name, matching,
 * schedules, decisions, what tasks reach of the world, who performs the tasks of models.
 *
 * @module
 */
export { checkSystem } from './check-system.ts';
export { checkSchedule, timesOf, type Times } from './cron.ts';
export { decision, filledIn, jsonSchema, type Decision, type Question } from './decision.ts';
export { dueRuns } from './due.ts';
export { endEvent, type WorkEnd } from './end-event.ts';
export { Cancelled, EventError, never, OwnerError, RunError } from './errors.ts';
export { checkFits, fits, vanishedStates } from './fits.ts';
export { historyLimits, type HistoryLimit, type HistoryLimits } from './history-limits.ts';
export { checkId, checkRunId, newId } from './ids.ts';
export { readyNodes, valuesOf, type NodeEnd } from './graph-ends.ts';
export { checkNodes, declared, stuckGraph, type GraphNode } from './graph-nodes.ts';
export type { InstanceName } from './instance-name.ts';
export * from './instances/index.ts';
export { keyOf } from './key-of.ts';
export { lostRace } from './lost-race.ts';
export { matchKey } from './match.ts';
export {
  attemptOf,
  claimKey,
  renewClaim,
  settleClaim,
  type ClaimAsks,
  type ClaimRow,
  type RenewAsks,
  type SettleAsks,
} from './ledger/claim.ts';
export { given, isGoodResult, outcomeOf, requestHash, textOf, type Outcome } from './ledger/outcome.ts';
export { renewing } from './ledger/renewing.ts';
export { Breaker, type BreakerKept, type BreakerState, type Ended } from './limits/breaker.ts';
export { endedAs } from './limits/ended.ts';
export { BreakerOpenError, QueueFullError } from './limits/errors.ts';
export { RateWindow, type Counted, type Starts } from './limits/rate-window.ts';
export { checkLimits, settingsOf, type LimitSettings, type ProcessLimits } from './limits/settings.ts';
export { limitsOf } from './models/budgets.ts';
export { keptModels } from './models/kept-models.ts';
export { isOverrun } from './models/overrun.ts';
export { lacking, noModels, notAsked, perform } from './models/performers.ts';
export { hasLimitedTools, policyOf } from './models/policy.ts';
export { stepOf } from './models/tool-path.ts';
export { toolTries, type ToolAt, type ToolRoom } from './models/tool-tries.ts';
export { notBefore } from './not-before.ts';
export { firstFailure, orderedError } from './ordered-error.ts';
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
