import { toolViews } from '../../../runtime/ledger/views.ts';
import type { Tables } from '../../../store/index.ts';
import { time } from '../../kit/read-store.ts';

/** A tool that a step of a run has used: one that its model called, or its code. */
export interface UsedTool {
  readonly step: string;
  readonly tool: string;
  readonly status: 'succeeded' | 'failed' | 'dropped';
  /** How often it ran, and how often its result was given again. */
  readonly executions: number;
  readonly replays: number;
  readonly at: string;
}

/** The tools that the steps of a run have used, in order. What models answered is kept among them, and is left out here. */
export function toolsOfRun(tables: Tables, run: string): readonly UsedTool[] {
  const agents = new Set(tables.usage.of(run).map(({ agent }) => agent));
  return toolViews(tables, run)
    .filter(({ tool }) => !agents.has(tool))
    .map(({ step, tool, status, output, executions, replays, time: at }) => ({
      step,
      tool,
      // What a model was told as text it may mend, and so the step has it as a result.
      status: status === 'succeeded' && saysFailed(output) ? 'failed' : status,
      executions,
      replays,
      at: time(at),
    }));
}

const saysFailed = (output: unknown): boolean =>
  typeof output === 'object' && output !== null && Reflect.get(output, 'failed') === true;

/** In a line for each step: `draft: search 2 times (1 failed), look`. */
export function toolLines(tools: readonly UsedTool[]): readonly string[] {
  const steps = Map.groupBy(tools, ({ step }) => step);
  return [...steps].map(([step, used]) => {
    const each = [...Map.groupBy(used, ({ tool }) => tool)].map(([tool, uses]) => {
      const failed = uses.filter(({ status }) => status === 'failed').length;
      return `${tool}${uses.length > 1 ? ` ${uses.length} times` : ''}${failed > 0 ? ` (${failed} failed)` : ''}`;
    });
    return `${step}: ${each.join(', ')}`;
  });
}
