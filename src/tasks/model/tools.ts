import type { AnyTask } from '../../flow/index.ts';
import type { Tool, ToolCall, ToolResult, TurnPlace } from '../../llm/index.ts';
import { TaskError, type AttemptIds } from '../errors.ts';
import type { TaskContext } from '../implement.ts';
import type { Toolbox } from './toolbox.ts';

/** A task as a model sees it. */
export interface TaskTool {
  readonly contract: AnyTask;
  readonly tool: Tool;
}

/** The tasks that a model may call, by names that every provider takes. @throws TaskError MR3143 for one that is not there */
export function toolsOf(contract: AnyTask, toolbox: Toolbox | undefined): ReadonlyMap<string, TaskTool> {
  const tools = new Map<string, TaskTool>();
  for (const { task, description } of contract.model?.tools ?? []) {
    const found = toolbox?.find(task);
    if (found === undefined)
      throw new TaskError(
        `Task '${contract.contract}' is performed by a model that may call '${task}', and ${toolbox === undefined ? 'there is nobody who runs tools: pass a toolbox' : 'there is no such task'}.`,
        { code: 'MR3143', retryable: false, ids: { task: contract.contract } },
      );
    const name = nameFor(task, tools);
    tools.set(name, { contract: found, tool: { name, description, input: found.input } });
  }
  return tools;
}

function nameFor(task: string, taken: ReadonlyMap<string, unknown>): string {
  const plain = task.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 60) || 'tool';
  let name = plain;
  for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
  return name;
}

/** Lets the toolbox do what a model wants to have done, once for each place in its conversation. */
export async function useTool(
  { contract }: TaskTool,
  call: ToolCall,
  at: TurnPlace,
  key: object,
  parts: { readonly context: TaskContext; readonly toolbox: Toolbox; readonly asking: AttemptIds },
): Promise<ToolResult> {
  const { context, toolbox, asking } = parts;
  const place = `tool ${at.turn}.${at.call ?? 1}`;
  const { output } = await context.tool(
    contract.contract,
    { ...key, place, input: call.input ?? null },
    async ({ idempotencyKey }): Promise<ToolResult> => {
      const { signal, again } = context;
      const outcome = await toolbox.run({ contract, input: call.input, idempotencyKey, place, asking, again, signal });
      context.heartbeat({ tool: contract.contract, place });
      if (outcome.ok) return { text: outcome.output ?? 'Done.' };
      if (!isForModel(outcome.error)) throw outcome.error;
      return { text: `${outcome.error.code}: ${outcome.error.message}`, failed: true };
    },
  );
  return output;
}

// Nothing that a model could do otherwise: nobody has written the task, nobody can be asked, the run ends, the money is
// spent, the step is done by others.
const notForModel = /^MR(?:3104|3105|3131|3133|34\d\d|4002|4003|4040|408\d)$/;

const isForModel = ({ code }: TaskError): boolean => !notForModel.test(code);
