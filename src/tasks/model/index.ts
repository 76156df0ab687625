export { modelTask } from './model-task.ts';
export type { Toolbox, ToolRun } from './toolbox.ts';
