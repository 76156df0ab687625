import type { AnyTask } from '../../flow/index.ts';
import type { JournalRow } from '../../store/index.ts';
import type { LiveRun } from '../live-run.ts';

/** Where the lines about added nodes stand. */
export const addedPath = (graph: string, node: string): string => `${graph}/~add/${node}`;

/** What a line about an added node says. */
export interface Added {
  readonly input?: unknown;
  readonly needs: readonly string[];
}

/** Takes in that a node was added to a graph of a run. */
export function addNode(run: LiveRun, row: JournalRow): void {
  const [, graph = '', name = ''] = /^(.*)\/~add\/([^/]+)$/.exec(row.path) ?? [];
  const { input, needs } = JSON.parse(row.data ?? '{}') as Added;
  const contract = (): AnyTask => {
    const task = run.context.registry.task(row.name ?? '');
    if (task === undefined) throw new Error(`The system has no task '${row.name}'.`);
    return task;
  };
  const nodes = run.added.get(graph) ?? [];
  run.added.set(graph, [...nodes, { name, needs, at: '0:0', call: () => ({ contract: contract(), input }) }]);
}
