export { testRuntime, type TestRuntime, type TestRuntimeOptions } from './harness.ts';
