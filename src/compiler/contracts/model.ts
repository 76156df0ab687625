import { parsePrompt, type PromptPart } from '../../core/index.ts';
import { hashModelTask } from '../../model/hash/hash.ts';
import { toolsOf } from '../../model/model-task.ts';
import type { AgentNode, ContextPolicyNode, ExpressionNode, SystemModel, TaskNode } from '../../model/index.ts';
import { userCode } from '../../model/text/code.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { json } from '../../model/text/json.ts';
import { isIdentifier, quote } from '../../model/text/names.ts';
import { present } from '../flow/options.ts';

/** An agent as code: what contracts of tasks name. */
export function agentCode({ name, role, model, system, maxTokens, temperature, options }: AgentNode): Doc {
  return object(
    present({
      name: quote(name),
      role: role && quote(role),
      model: model && quote(model),
      system: system && quote(system),
      maxTokens,
      temperature,
      options: options && json(options),
    }),
  );
}

/** What the model of a task needs besides its node. */
export interface ModelNames {
  /** The constant of an agent. */
  readonly agent: (name: string) => string;
  /** Imports what a lambda names. */
  readonly use: (lambda: ExpressionNode) => void;
  /** Imports what puts values into a prompt. */
  readonly inPrompt: () => string;
}

/** Who performs a task, as code. */
export function modelCode(system: SystemModel, node: TaskNode, names: ModelNames): Doc | undefined {
  const { model } = node;
  if (model === undefined) return undefined;
  const { agent, prompt, context, maxTokens } = model;
  if (typeof prompt === 'object') names.use(prompt);
  const tools = toolsOf(system, node).map(({ task, description }) =>
    object(present({ task: quote(task), description: quote(description) })),
  );
  return object(
    present({
      agent: names.agent(agent),
      prompt: typeof prompt === 'object' ? userCode(prompt.text) : template(prompt, names),
      tools: tools.length === 0 ? undefined : array(tools),
      context: context && contextCode(context),
      maxTokens,
      hash: quote(hashModelTask(system, node.name)),
    }),
  );
}

function contextCode({ show, ...rest }: ContextPolicyNode): Doc {
  const members = show?.map((one) => (typeof one === 'string' ? { member: one } : one));
  return json({ ...(members && { show: members }), ...rest });
}

/** A template as a lambda: a path that does not fit the input is then a mistake that the type checker finds. */
function template(text: string, { inPrompt }: ModelNames): Doc {
  const { parts } = parsePrompt(text);
  if (!parts.some((part) => typeof part === 'object')) return `() => ${quote(text)}`;
  const helper = inPrompt();
  const piece = (part: PromptPart): string =>
    typeof part === 'string' ? escaped(part) : `\${${helper}(${pathCode(part.path)})}`;
  return `({ input }) => \`${parts.map(piece).join('')}\``;
}

const escaped = (text: string): string =>
  text.replaceAll(/[\\`]|\$(?=\{)/g, String.raw`\$&`).replaceAll('\r', String.raw`\r`);

/** What may be missing on the way leaves nothing. */
const pathCode = (path: readonly string[]): string =>
  path.reduce((code, key, index) => {
    const question = index === 0 ? '' : '?.';
    if (/^\d+$/.test(key)) return `${code}${question}[${Number(key)}]`;
    return isIdentifier(key) ? `${code}${question === '' ? '.' : question}${key}` : `${code}${question}[${quote(key)}]`;
  }, 'input');
