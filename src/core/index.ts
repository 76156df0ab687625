/**
 * The ground under every room: the error tree, durations, canonical JSON and the Clock. No dependency, no Node API
 * beyond timers, so that it also runs in a browser.
 *
 * @module
 */
export { systemClock, type Clock, type ClockOrigin } from './clock.ts';
export { isReservedEvent, matches } from './descriptor.ts';
export { isDuration, longestSpan, milliseconds, type Duration } from './duration.ts';
export {
  messageOf,
  MillraceError,
  RecordedError,
  toErrorRecord,
  type ErrorRecord,
  type FailureOptions,
  type Fault,
} from './errors.ts';
export { failedOf, failureName, type Failure } from './failure.ts';
export { canonicalJson, deepFreeze, type Json } from './json.ts';
export { kebabCase } from './kebab.ts';
export { nearest } from './nearest.ts';
export { notJson, pathText } from './not-json.ts';
export { parsePrompt, type PromptPart, type PromptTemplate } from './prompt-template.ts';
export { systemScheduler, type Repeated, type Scheduler } from './scheduler.ts';
export { parseTarget, type Target } from './target.ts';
