import type { JournalRow, Tx } from '../store/index.ts';
import { decodeJson, encodeJson } from '../tasks/index.ts';
import type { Context } from './context.ts';
import { RunError } from '../engine/index.ts';
import { openGraph } from './host/graph.ts';
import { addedPath, type Added } from './host/graph-added.ts';
import { effective } from './rewind/rewound.ts';
import { knownRun } from './known-run.ts';

/** A node for a graph that is under way. */
export interface EnqueueAsks {
  readonly runId: string;
  /** The path of the graph. */
  readonly step: string;
  /** The name of the new node: it must be new in the graph. */
  readonly node: string;
  /** The task that it runs. */
  readonly task: string;
  readonly input?: unknown;
  /** Names of nodes that the graph has: it runs when they have ended. */
  readonly needs?: readonly string[];
}
export interface EnqueueGives {
  readonly runId: string;
  /** The path of the new node in the run. */
  readonly step: string;
}

/** Adds a node to a graph that is under way. It needs nodes that are there, so that no circle can come of it. */
export function enqueue(desk: Context, tx: Tx, asks: EnqueueAsks): EnqueueGives {
  const { runId, step, node, task, needs = [] } = asks;
  const details = { run: runId, step, node };
  knownRun(tx, runId, details);
  const wait = tx.waits.get(runId, step);
  if (wait?.event !== openGraph)
    throw new RunError('MR3237', `No graph is under way at '${step}' of run '${runId}'.`, { details });
  const refuse = (why: string): RunError =>
    new RunError('MR3238', `'${node}' cannot be added to graph '${step}' of run '${runId}': ${why}.`, { details });
  if (/[/[\]~]|^\s*$/.test(node)) throw refuse('its name must not be empty nor hold any of / [ ] ~');
  const names = namesIn(effective(tx.journal.of(runId)), step);
  if (names.has(node)) throw refuse('there is such a node already');
  const unknown = needs.find((need) => !names.has(need));
  if (unknown === node) throw refuse('it needs itself');
  if (unknown !== undefined)
    throw refuse(`it needs '${unknown}', which is not there. There are: ${[...names].join(', ')}`);
  const contract = desk.registry.task(task);
  if (contract === undefined) {
    const known = Object.keys(desk.registry.system.tasks).join(', ');
    throw refuse(`the system has no task '${task}'. It has: ${known}`);
  }
  const input = encodeJson(asks.input);
  const checked = input.ok ? decodeJson(contract.input, input.value) : input;
  if (!checked.ok) throw refuse(`its input is not valid: ${checked.problems}`);
  const data = JSON.stringify({ ...(asks.input === undefined ? {} : { input: asks.input }), needs } satisfies Added);
  tx.waits.remove(runId, step);
  tx.waits.insert({ ...wait, key: String(Number(wait.key) + 1) });
  desk.record(tx, runId, { kind: 'enqueued', path: addedPath(step, node), name: task, attempt: 0, place: null, data });
  // Should the graph be about to end, it looks again.
  desk.wake(tx, runId, step);
  return { runId, step: `${step}/${node}` };
}

/** The names that the nodes of a graph have by now. */
function namesIn(rows: readonly JournalRow[], graph: string): ReadonlySet<string> {
  const names = new Set<string>();
  const before = addedPath(graph, '');
  for (const { kind, path, data } of rows) {
    if (kind === 'opened' && path === graph)
      for (const name of (JSON.parse(data ?? '{}') as { readonly nodes: readonly string[] }).nodes) names.add(name);
    if (kind === 'enqueued' && path.startsWith(before)) names.add(path.slice(before.length));
  }
  return names;
}
