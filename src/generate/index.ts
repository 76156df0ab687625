/**
 * Writes implementations of tasks with a model, and lets nothing out that is not verified.
 *
 * @module
 */
export { acceptTask, type AcceptedTask, type AcceptOptions } from './accept/accept-task.ts';
export { CodeGenerator, type CodeGeneratorOptions } from './code-generator.ts';
export type * from './contract.ts';
export { proposeEdits, type Proposal, type ProposeOptions, type Tried } from './edit/propose.ts';
export { generateTask } from './generate-task.ts';
export type * from './options.ts';
export { planTask } from './plan-task.ts';
export { taskStates } from './task-states.ts';
export { createVerifier } from './verify/verifier.ts';
export { writeTask } from './write/write-task.ts';
