import type { SystemModel } from './nodes/system.ts';
import type { TaskNode } from './nodes/task.ts';

/** A task that a model may call, as it is told of it. */
export interface ModelTool {
  readonly task: string;
  readonly description: string;
}

/**
 * The tasks that the model of a task may call, those of its agent first, each with what the model is told of it. What a
 * tool without a description does is told by its name alone.
 */
export function toolsOf(model: SystemModel, { model: performer }: TaskNode): readonly ModelTool[] {
  if (performer === undefined) return [];
  const agent = Object.hasOwn(model.agents, performer.agent) ? model.agents[performer.agent] : undefined;
  const names = new Set([...(agent?.tools ?? []), ...(performer.tools ?? [])]);
  return [...names].map((task) => ({
    task,
    description: (Object.hasOwn(model.tasks, task) ? model.tasks[task]?.description : undefined) ?? inWords(task),
  }));
}

/** `searchWeb` is 'search web'. */
function inWords(name: string): string {
  return name
    .replaceAll(/[._-]+/g, ' ')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase();
}
