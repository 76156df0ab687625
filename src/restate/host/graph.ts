import { toErrorRecord } from '../../core/index.ts';
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
import type { At, GraphFailure, GraphNodes } from '../../flow/index.ts';
import { window } from './all.ts';
import type { Part } from './part.ts';

interface Options {
  readonly at: At;
  readonly concurrency?: number;
  readonly onFailure?: GraphFailure;
}

/**
 * Runs nodes in batches: those whose needs have ended, in the order in which they were declared; the next batch begins
 * when the last one has ended. None can be added while it runs: Restate has nothing that could tell a run to.
 */
export async function graph(
  part: Part,
  id: string,
  build: (nodes: GraphNodes<unknown>) => unknown,
  options: Options,
): Promise<Readonly<Record<string, unknown>>> {
  const own = declared(build);
  const path = part.begin(id);
  checkNodes(own, path);
  const graph = new Running(part, path, own, options);
  try {
    await graph.batches();
  } finally {
    graph.scope.close();
    part.time = Math.max(part.time, graph.time);
  }
  return graph.values();
}

/** A graph under way. */
class Running {
  readonly scope: Scope;
  time: number;
  readonly #part: Part;
  readonly #path: string;
  readonly #nodes: readonly GraphNode[];
  readonly #options: Options;
  readonly #ends = new Map<string, NodeEnd>();
  readonly #failures: unknown[] = [];

  constructor(part: Part, path: string, nodes: readonly GraphNode[], options: Options) {
    this.#part = part;
    this.#path = path;
    this.#nodes = nodes;
    this.#options = options;
    this.scope = new Scope(part.scope);
    this.time = part.time;
  }

  /** Runs batch after batch, until there is nothing left. */
  async batches(): Promise<void> {
    for (;;) {
      const { onFailure } = this.#options;
      const skip = ({ name }: GraphNode): void => void this.#ends.set(name, { is: 'skipped' });
      const batch = readyNodes(this.#nodes, this.#ends, onFailure, skip);
      if (batch.length === 0) break;
      const width = this.#options.concurrency ?? batch.length;
      await window(this.#part, batch, width, (node) => this.#runOne(node));
      if (this.#failures.length > 0) throw this.#failure();
      // Cancelled while the last one came to its end.
      if (this.#part.scope.reason !== undefined) throw this.#part.scope.reason;
    }
    const stuck = this.#nodes.filter(({ name }) => !this.#ends.has(name));
    if (stuck.length > 0) throw stuckGraph(this.#path, stuck);
  }

  /** The values of the nodes, by name. */
  values(): Readonly<Record<string, unknown>> {
    return valuesOf(
      this.#ends,
      this.#nodes.map(({ name }) => name),
    );
  }

  async #runOne({ name, needs, call, at }: GraphNode): Promise<void> {
    const inner = this.#part.part(this.#path, this.scope);
    inner.time = this.time;
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
      this.#part.run.errors.push({ path: `${this.#path}/${name}`, error: toErrorRecord(thrown) });
    }
  }

  /** Why it ends badly: of the failures the first, of cancels that of what is around it. */
  #failure(): unknown {
    if (this.#part.scope.reason !== undefined) return this.#part.scope.reason;
    return firstFailure(this.#failures) ?? this.#failures[0];
  }
}
