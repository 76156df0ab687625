import { afterReturns } from './after-returns/index.ts';
import { agentModel } from './agent-model/index.ts';
import { aliases } from './aliases/index.ts';
import { branchCases } from './branch-cases/index.ts';
import { budget } from './budget/index.ts';
import { cancelledIds } from './cancelled-ids/index.ts';
import { contextMembers } from './context-members/index.ts';
import { createdContext } from './created-context/index.ts';
import { deadEnds } from './dead-ends/index.ts';
import { duplicateMatch } from './duplicate-match/index.ts';
import { duplicates } from './duplicates/index.ts';
import { eventlessLoop } from './eventless-loop/index.ts';
import { extensionData, unknownExtension } from './extensions/index.ts';
import { failureLoop } from './failure-loop/index.ts';
import { finalStates } from './final-states/index.ts';
import { graphNeeds } from './graph-needs/index.ts';
import { historyStates } from './history-states/index.ts';
import { initial } from './initial/index.ts';
import { keys } from './keys/index.ts';
import { evidence } from './evidence/index.ts';
import { limits } from './limits/index.ts';
import { modelInput } from './model-input/index.ts';
import { modelOutput } from './model-output/index.ts';
import { names } from './names/index.ts';
import { raiseLoop } from './raise-loop/index.ts';
import { raceParts } from './race-parts/index.ts';
import { recursion } from './recursion/index.ts';
import { references } from './references/index.ts';
import { regionConflicts } from './region-conflicts/index.ts';
import { reservedEvents } from './reserved-events/index.ts';
import { retention } from './retention/index.ts';
import { retryIdempotent } from './retry-idempotent/index.ts';
import type { Rule } from './rule.ts';
import { schedules } from './schedules/index.ts';
import { scopeNames } from './scope-names/index.ts';
import { sendEvents } from './send-events/index.ts';
import { sendIds } from './send-ids/index.ts';
import { sendTargets } from './send-targets/index.ts';
import { shadowed } from './shadowed/index.ts';
import { sizes } from './sizes/index.ts';
import { stateNames } from './state-names/index.ts';
import { stateShape } from './state-shape/index.ts';
import { stepIds } from './step-ids/index.ts';
import { emptyIgnore, unusedIgnore } from './suppress/index.ts';
import { supported } from './supported/index.ts';
import { targets } from './targets/index.ts';
import { taskNeeds } from './task-needs/index.ts';
import { toolDescription } from './tool-description/index.ts';
import { toolRecursion } from './tool-recursion/index.ts';
import { unimplemented } from './unimplemented/index.ts';
import { unpriced } from './unpriced/index.ts';
import { unreachable } from './unreachable/index.ts';
import { unusedDefinitions } from './unused-definitions/index.ts';
import { unusedEvents } from './unused-events/index.ts';
import { uselessUndo } from './useless-undo/index.ts';
import { version } from './version/index.ts';
import { versionRaised } from './version-raised/index.ts';
import { waitTimeout } from './wait-timeout/index.ts';

/** Every rule, by code. */
export const rules: readonly Rule[] = [
  version,
  keys,
  references,
  duplicates,
  stepIds,
  names,
  uselessUndo,
  recursion,
  duplicateMatch,
  waitTimeout,
  retryIdempotent,
  afterReturns,
  contextMembers,
  graphNeeds,
  scopeNames,
  branchCases,
  unusedEvents,
  unusedDefinitions,
  sizes,
  emptyIgnore,
  unusedIgnore,
  limits,
  evidence,
  agentModel,
  modelInput,
  toolRecursion,
  toolDescription,
  budget,
  modelOutput,
  unpriced,
  taskNeeds,
  unknownExtension,
  extensionData,
  targets,
  initial,
  stateNames,
  shadowed,
  finalStates,
  historyStates,
  unreachable,
  deadEnds,
  eventlessLoop,
  aliases,
  stateShape,
  regionConflicts,
  raiseLoop,
  sendTargets,
  sendEvents,
  cancelledIds,
  sendIds,
  reservedEvents,
  raceParts,
  schedules,
  retention,
  createdContext,
  failureLoop,
  unimplemented,
  supported,
  versionRaised,
];
