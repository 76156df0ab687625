export { toolboxOf, type ToolboxOptions } from './local-toolbox.ts';
export { modelTask } from './model-task.ts';
export type { Toolbox, ToolRun } from './toolbox.ts';
