import { promptOf, type AgentSpec, type ContextSpec, type ModelSpec } from '../../flow/index.ts';
import { hashModelTask, toolsOf, type AgentNode, type SystemModel, type TaskNode } from '../../model/index.ts';

type Prompt = ModelSpec<{ readonly input: unknown }>['prompt'];

/** The part of a task's execution that its model needs. */
export interface LiveModel {
  readonly prompt: string | Prompt;
}

/** Who performs a task, with its prompt alive. */
export function modelOf(
  system: SystemModel,
  node: TaskNode,
  live: LiveModel | undefined,
): { readonly model?: ModelSpec<{ readonly input: unknown }> } {
  const { model } = node;
  const agent = model === undefined ? undefined : system.agents[model.agent];
  if (model === undefined || agent === undefined || live === undefined) return {};
  const { context, maxTokens } = model;
  const tools = toolsOf(system, node);
  return {
    model: {
      agent: agentOf(agent),
      prompt: typeof live.prompt === 'string' ? promptOf(live.prompt) : live.prompt,
      ...(tools.length === 0 ? {} : { tools }),
      ...(context === undefined ? {} : { context: contextOf(context) }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      hash: hashModelTask(system, node.name),
    },
  };
}

function agentOf({ name, role, model, system, maxTokens, temperature, options }: AgentNode): AgentSpec {
  return {
    name,
    ...(role && { role }),
    ...(model && { model }),
    ...(system && { system }),
    ...(maxTokens && { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(options && { options }),
  };
}

function contextOf({ show, ...rest }: NonNullable<NonNullable<TaskNode['model']>['context']>): ContextSpec {
  return {
    ...rest,
    ...(show && { show: show.map((one) => (typeof one === 'string' ? { member: one } : one)) }),
  };
}
