/** Walks over the model. Nothing here loads zod. */
export { actionParts, visitAction, type ActionParts, type ActionVisitor } from './actions.ts';
export { visitCalls, visitExpressions, type CodeSite, type VisitCall, type VisitCode } from './expressions.ts';
export {
  transitionGroups,
  visitActions,
  visitStates,
  type StatePlace,
  type TransitionGroup,
  type Trigger,
} from './states.ts';
export { stepParts, visitStep, type StepParts, type StepVisitor } from './step-parts.ts';
export { stepName, visitBodies, visitSteps, type StepPlace } from './steps.ts';
