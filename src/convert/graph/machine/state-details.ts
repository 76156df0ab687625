import type { RunNode, StateNode } from '../../../model/index.ts';
import { valueText } from '../code-text.ts';
import type { GraphDetail } from '../graph.ts';
import { actionTexts } from './action-text.ts';
import { runName } from './outgoing.ts';

/** What a state does besides being there. */
export function stateDetails(state: StateNode): readonly GraphDetail[] {
  const { context, entry, exit, run, output } = state;
  return [
    ...(context === undefined ? [] : [{ kind: 'context', text: 'checks its context' } as const]),
    ...(entry.length === 0 ? [] : [{ kind: 'entry', text: `entry / ${actionTexts(entry).join(', ')}` } as const]),
    ...run.map((one) => runs(one, state)),
    ...(exit.length === 0 ? [] : [{ kind: 'exit', text: `exit / ${actionTexts(exit).join(', ')}` } as const]),
    ...(output === undefined ? [] : [{ kind: 'output', text: `gives ${valueText(output)}` } as const]),
  ];
}

function runs(run: RunNode, state: StateNode): GraphDetail {
  const named = runName(run, state) === run.target.name;
  return { kind: 'run', text: `runs ${run.target.name}${named ? '' : ` as ${run.id}`}`, target: run.target };
}
