import { toErrorRecord } from '../../core/index.ts';
import type { At, GraphFailure, GraphNodes } from '../../flow/index.ts';
import type { Tx } from '../../store/index.ts';
import {
  Cancelled,
  checkNodes,
  declared,
  firstFailure,
  readyNodes,
  Scope,
  stuckGraph,
  valuesOf,
  type GraphNode,
  type NodeEnd,
} from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
import { recordedError } from './order.ts';
import type { Part } from './part.ts';
import { tellProgress } from './progress.ts';

/** Under which event an open graph stands among the waits: no event has such a name. The key counts its added nodes. */
export const openGraph = '~graph';

interface Options {
  readonly at: At;
  readonly concurrency?: number;
  readonly onFailure?: GraphFailure;
}

/**
 * Runs nodes in batches: those whose needs have ended, in the order in which they were declared; the next batch begins
 * when the last one has ended. Nodes may be added while it runs. That it is open, and how it ended, is recorded.
 */
export async function graph(
  part: Part,
  id: string,
  build: (nodes: GraphNodes<unknown>) => unknown,
  options: Options,
): Promise<Readonly<Record<string, unknown>>> {
  const { run } = part;
  const own = declared(build);
  const { path, record } = await part.begin(id);
  checkNodes(own, path);
  if (record !== undefined && !['opened', 'closed', 'failed', 'cancelled'].includes(record.kind))
    return part.diverged(`'${path}' is recorded as '${record.name ?? record.kind}', and is now a graph`);
  if (record?.kind === 'failed') {
    part.time = record.at;
    throw recordedError(record);
  }
  if (record?.kind === 'cancelled') throw part.scope.reason ?? new Cancelled(`The graph '${path}' was cancelled.`);
  if (record === undefined) open(run, path, own, options.at);
  const graph = new Running(part, path, own, options, record?.kind === 'closed');
  await graph.check();
  try {
    await graph.batches();
  } finally {
    graph.scope.close();
  }
  part.time = Math.max(part.time, graph.time);
  return graph.values();
}

function open(run: LiveRun, path: string, nodes: readonly GraphNode[], at: At): void {
  const after = Object.fromEntries(nodes.flatMap(({ name, needs }) => (needs.length === 0 ? [] : [[name, needs]])));
  const data = JSON.stringify({ nodes: nodes.map(({ name }) => name), after });
  run.append({ kind: 'opened', path, place: at, data }, (tx, { at: created }) =>
    tx.waits.insert({ run: run.id, path, event: openGraph, key: '0', created }),
  );
}

/** A graph under way. */
class Running {
  readonly scope: Scope;
  time: number;
  readonly #part: Part;
  readonly #path: string;
  readonly #own: readonly GraphNode[];
  readonly #options: Options;
  readonly #closed: boolean;
  readonly #ends = new Map<string, NodeEnd>();
  readonly #begun = new Set<string>();
  readonly #failures: unknown[] = [];

  constructor(part: Part, path: string, own: readonly GraphNode[], options: Options, closed: boolean) {
    this.#part = part;
    this.#path = path;
    this.#own = own;
    this.#options = options;
    this.#closed = closed;
    this.scope = new Scope(part.scope);
    this.time = part.time;
  }

  get #run(): LiveRun {
    return this.#part.run;
  }

  #nodes(): readonly GraphNode[] {
    return [...this.#own, ...(this.#run.added.get(this.#path) ?? [])];
  }

  #isRecorded(name: string): boolean {
    const { records, children } = this.#run;
    return records.has(`${this.#path}/${name}`) || children.get(this.#path)?.has(name) === true;
  }

  /** What is recorded must still be there, and must not wait for something new. */
  async check(): Promise<void> {
    if (this.scope.reason !== undefined) return;
    const nodes = new Map(this.#nodes().map((node) => [node.name, node]));
    for (const name of this.#run.children.get(this.#path) ?? []) {
      if (name.startsWith('~')) continue;
      const node = nodes.get(name);
      if (node === undefined)
        await this.#part.diverged(`'${this.#path}/${name}' is recorded, and '${this.#path}' no longer has such a node`);
      const fresh = node?.needs.find((need) => !this.#isRecorded(need));
      if (fresh !== undefined)
        await this.#part.diverged(`'${this.#path}/${name}' is recorded, and now needs '${fresh}', which is not`);
    }
  }

  /** Runs batch after batch, until there is nothing left and nothing was added meanwhile. */
  async batches(): Promise<void> {
    for (;;) {
      const batch = readyNodes(this.#nodes(), this.#ends, this.#options.onFailure, (node) => this.#skip(node));
      if (batch.length > 0) {
        const isNew = this.#run.context.bus.heard && !batch.every(({ name }) => this.#isRecorded(name));
        await this.#runAll(batch);
        if (isNew) tellProgress(this.#run, this.#path, { total: this.#nodes().length, ends: this.#ends });
      }
      if (this.#failures.length > 0) return this.#fail();
      if (batch.length > 0) continue;
      this.#checkStuck();
      if (this.#closed || (await this.#close())) return;
    }
  }

  /** The values of the nodes that were declared, by name. */
  values(): Readonly<Record<string, unknown>> {
    return valuesOf(
      this.#ends,
      this.#own.map(({ name }) => name),
    );
  }

  #skip({ name, at }: GraphNode): void {
    const path = `${this.#path}/${name}`;
    this.#ends.set(name, { is: 'skipped' });
    if (!this.#run.records.has(path)) this.#run.append({ kind: 'skipped', path, place: at });
  }

  /** Nodes beside one another, as a sliding window. */
  async #runAll(batch: readonly GraphNode[]): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let index = next++; index < batch.length; index = next++) await this.#runOne(batch[index] as GraphNode);
    };
    const width = Math.max(1, Math.min(this.#options.concurrency ?? batch.length, batch.length));
    await Promise.all(Array.from({ length: width }, work));
  }

  async #runOne({ name, needs, call, at }: GraphNode): Promise<void> {
    // Once it is cancelled nothing begins; what is recorded is handed out all the same.
    if (this.scope.reason !== undefined && !this.#isRecorded(name)) {
      this.#failures.push(this.scope.reason);
      return;
    }
    this.#begun.add(name);
    const inner = this.#part.alone(this.#path, this.scope, this.time, this.#closed);
    try {
      const value = await inner.call(name, () => call(valuesOf(this.#ends, needs)), at);
      this.#ends.set(name, { is: 'done', value });
    } catch (thrown) {
      this.#failed(name, thrown);
    }
    this.time = Math.max(this.time, inner.time);
  }

  #failed(name: string, thrown: unknown): void {
    if (thrown instanceof Cancelled) {
      this.#failures.push(thrown);
      return;
    }
    this.#ends.set(name, { is: 'failed' });
    if (this.#options.onFailure === undefined || this.#options.onFailure === 'failFast') {
      this.#failures.push(thrown);
      this.scope.abort(new Cancelled(`A node beside it failed: ${this.#path}/${name}.`));
    } else {
      this.#run.errors.push({ path: `${this.#path}/${name}`, error: toErrorRecord(thrown) });
    }
  }

  /** Ends badly: what has not begun is skipped, and the failure that was recorded first counts. */
  #fail(): never {
    const run = this.#run;
    const line = { path: this.#path, place: this.#options.at };
    const leave = (tx: Tx): void => tx.waits.remove(run.id, this.#path);
    const first = firstFailure(this.#failures);
    // A replay may come to what was cancelled before it comes to the reason.
    if (this.#part.scope.reason !== undefined || first === undefined) {
      run.append({ kind: 'cancelled', ...line }, leave);
      throw this.#part.scope.reason ?? this.#failures[0];
    }
    for (const node of this.#nodes()) {
      if (!this.#ends.has(node.name) && !this.#begun.has(node.name)) this.#skip(node);
    }
    const row = run.append({ kind: 'failed', ...line, data: JSON.stringify(toErrorRecord(first)) }, leave);
    this.#part.time = row.at;
    throw recordedError(row);
  }

  /** Nothing is ready: then everything must have ended. */
  #checkStuck(): void {
    const stuck = this.#nodes().filter(({ name }) => !this.#ends.has(name));
    if (stuck.length === 0) return;
    checkNodes(this.#nodes(), this.#path);
    throw stuckGraph(this.#path, stuck);
  }

  /** Ends well, unless nodes have been added that were not seen yet. */
  async #close(): Promise<boolean> {
    const { id, context } = this.#run;
    const path = this.#path;
    const seen = String(this.#run.added.get(path)?.length ?? 0);
    const names = (is: NodeEnd['is']): readonly string[] =>
      [...this.#ends].flatMap(([name, end]) => (end.is === is ? [name] : []));
    const data = JSON.stringify({ failed: names('failed'), skipped: names('skipped') });
    this.#run.enqueue((tx) => {
      if (tx.waits.get(id, path)?.key !== seen) return;
      tx.waits.remove(id, path);
      context.record(tx, id, { kind: 'closed', path, name: null, attempt: 0, place: this.#options.at, data });
    });
    await this.#run.wait(path, this.scope);
    if (this.scope.reason !== undefined && this.#run.records.get(path)?.kind !== 'closed') {
      // Cancelled while that is being written: whether it was closed before is seen then.
      this.#run.working(1);
      await this.#run.committed();
      this.#run.working(-1);
    }
    const record = this.#run.records.get(path);
    if (record?.kind === 'closed') {
      this.time = Math.max(this.time, record.at);
      return true;
    }
    if (this.scope.reason !== undefined) {
      this.#failures.push(this.scope.reason);
      this.#fail();
    }
    return false;
  }
}
