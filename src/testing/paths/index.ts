/** Paths that take every transition of a machine. */
export { changesOf } from './changes.ts';
export { effectText } from './effect-text.ts';
export { PathError } from './errors.ts';
export { pathsTestFile, type PathsTestOptions } from './test-file.ts';
export { transitionPaths } from './transition-paths.ts';
export type {
  Expectation,
  PathOptions,
  PathStep,
  TransitionPath,
  TransitionPaths,
  UncoveredTransition,
} from './types.ts';
