import type { RunNode, StateNode } from '../../../model/index.ts';
import { cut, valueText } from '../code-text.ts';
import type { GraphDetail } from '../graph.ts';
import { actionTexts } from './action-text.ts';
import { runName } from './outgoing.ts';

/** What a state does besides being there. */
export function stateDetails(state: StateNode): readonly GraphDetail[] {
  const { context, entry, exit, run, output } = state;
  return [
    ...(context === undefined ? [] : [{ kind: 'context', text: `context ${schemaText(context.text)}` } as const]),
    ...(entry.length === 0 ? [] : [{ kind: 'entry', text: `entry / ${actionTexts(entry).join(', ')}` } as const]),
    ...run.map((one) => runs(one, state)),
    ...(exit.length === 0 ? [] : [{ kind: 'exit', text: `exit / ${actionTexts(exit).join(', ')}` } as const]),
    ...(output === undefined ? [] : [{ kind: 'output', text: `gives ${valueText(output)}` } as const]),
  ];
}

/** `{ at: string() }` of `z.object({ at: z.string() })`. */
function schemaText(text: string): string {
  const short = text.replaceAll(/\s+/g, ' ').replaceAll(/\bz\./g, '');
  return cut(/^object\((\{.*\})\)$/.exec(short)?.[1] ?? short, 60);
}

function runs(run: RunNode, state: StateNode): GraphDetail {
  const named = runName(run, state) === run.target.name;
  return { kind: 'run', text: `runs ${run.target.name}${named ? '' : ` as ${run.id}`}`, target: run.target };
}
