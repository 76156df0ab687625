// LangGraph with its SQLite checkpointer, one node a step; the database in the folder that `STATE` names, synchronous=FULL.
import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { measureAll, steps, work } from './workload.mjs';

const State = Annotation.Root({
  results: Annotation({ reducer: (all, more) => [...all, ...more], default: () => [] }),
});
let graph = new StateGraph(State);
for (let index = 0; index < steps; index += 1)
  graph = graph.addNode(`s${index}`, async () => ({ results: [work(index)] }));
graph = graph.addEdge(START, 's0');
for (let index = 1; index < steps; index += 1) graph = graph.addEdge(`s${index - 1}`, `s${index}`);
graph = graph.addEdge(`s${steps - 1}`, END);

const saver = SqliteSaver.fromConnString(join(process.env['STATE'] ?? '.', 'langgraph.db'));
saver.db.pragma('journal_mode = WAL');
saver.db.pragma('synchronous = FULL');
const app = graph.compile({ checkpointer: saver });

await measureAll(async (id) => {
  // `sync`: a step's checkpoint is on disk before the next step begins, as in the other engines.
  const { results } = await app.invoke({ results: [] }, { configurable: { thread_id: id }, durability: 'sync' });
  return results.reduce((sum, { index }) => sum + index, 0);
});
process.exit(0);
