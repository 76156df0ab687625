import type { JournalRow } from '../../store/index.ts';
import { checkLetGo } from './let-go.ts';
import { outermost, placesOf, within } from './prefixes.ts';
import { handler, type Taken } from './rewound.ts';
import { locator, stepsIn, treeOf, type Node, type Part, type Place } from './tree.ts';

/** What is to be taken back. */
export interface Aim {
  /** The steps to go back to. */
  readonly steps: readonly string[];
  /** Failures that a flow has passed over (`onFailure: 'continue'`, a fallback): they did not end anything. */
  readonly passed: ReadonlySet<string>;
  /** The run has failed, or is about to: so all that brought it down is done again, too. */
  readonly failed: boolean;
  /** Steps that wait again for what they began: only their failure is taken back. */
  readonly await?: readonly string[];
}

/**
 * What has to be taken back so that a run does some of its steps again: each step itself, and what comes after it in its
 * own part and in the parts around it. What ran beside it is kept, unless it failed or was cancelled with it: then it goes
 * on, or is done again. Where that takes back that the run, an attempt or a race came to its end, what was undone
 * because of that end is done again, too.
 *
 * `undefined`: there is no such step.
 *
 * @throws RunError MR3521 it lies in rounds that were let go.
 */
export function planOf(rows: readonly JournalRow[], aim: Aim): Taken | undefined {
  checkLetGo(rows, aim.steps);
  const root = treeOf(rows);
  const locate = locator(root);
  const work = new Plan(locate, rows, aim.passed);
  for (const path of aim.steps) {
    if (path === '') return { drops: [''], ends: [], starts: [''] };
    const places = locate(path);
    if (places === undefined) return undefined;
    work.again(places);
  }
  for (const path of aim.await ?? []) {
    const places = locate(path);
    if (places === undefined) return undefined;
    work.ends.add(path);
    work.climb(places);
  }
  if (aim.failed) work.restart(root);
  const result = work.result();
  checkLetGo(rows, [...result.drops, ...result.ends]);
  return withHandler(rows, result);
}

/** What the run did when it had failed (`onFailure`) counts no more, with whatever is taken back: it may come to that again. */
export function withHandler(rows: readonly JournalRow[], taken: Taken): Taken {
  return rows.some(({ path }) => path === handler) ? { ...taken, drops: [...taken.drops, handler] } : taken;
}

type Locate = ReturnType<typeof locator>;

class Plan {
  /** What is done again for itself, and what is since it comes after something. */
  readonly #own = new Set<string>();
  readonly #later = new Set<string>();
  readonly ends = new Set<string>();
  readonly #locate: Locate;
  readonly #enqueued: readonly JournalRow[];
  readonly #passed: ReadonlySet<string>;
  readonly #climbed = new Set<string>();
  /** Up to which step parts are kept. */
  readonly #cuts = new Map<Part, number>();
  /** The rounds of loops that are kept. */
  readonly #rounds = new Map<Node, Part[]>();
  /** Steps whose other parts were looked at, without the part from which that was done first; null: with that one, too. */
  readonly #reopened = new Map<Node, Part | null>();
  readonly #opened = new Set<Node>();
  readonly #needs = new Map<Node, ReadonlyMap<string, readonly string[]> | undefined>();

  constructor(locate: Locate, rows: readonly JournalRow[], passed: ReadonlySet<string>) {
    this.#locate = locate;
    this.#enqueued = rows.filter(({ kind }) => kind === 'enqueued');
    this.#passed = passed;
  }

  result(): Taken {
    const drops = outermost([...this.#own, ...this.#later]);
    const starts = drops.filter((path) => !this.#later.has(path));
    const isDropped = within(drops);
    const ends = [...this.ends].filter((path) => !isDropped(path));
    return { drops, ends, starts };
  }

  /** A step is done again. */
  again(places: readonly Place[]): void {
    const node = (places.at(-1) as Place).node;
    this.#own.add(node.path);
    this.climb(places);
  }

  /** Takes back what came after a step, in all parts around it. */
  climb(places: readonly Place[]): void {
    for (const { part, at, node } of places.toReversed()) {
      if (this.#climbed.has(node.path)) continue;
      this.#climbed.add(node.path);
      if (part.of?.kind === 'graph') this.#afterNode(part.of, part, node);
      else {
        this.#after(part, at);
        if (part.of !== undefined) this.#reopen(part.of, part);
      }
    }
  }

  /** What comes after the `at`th step of a part; from where it was taken back before, that is done. */
  #after(part: Part, at: number): void {
    const last = this.#cuts.get(part) ?? part.steps.length - 1;
    if (at > last) return;
    this.#cuts.set(part, at);
    for (let index = at + 1; index <= last; index++) this.#later.add((part.steps[index] as Node).path);
  }

  /** A part has failed or was cancelled: what brought it down is done again, or goes on. */
  restart(part: Part): void {
    for (const undone of stepsIn(part, settled)) if (undone.undone) this.#step(undone.path);
    this.#unfinished(part);
  }

  #step(path: string): void {
    for (const place of placesOf(path)) if (this.#own.has(place) || this.#later.has(place)) return;
    const places = this.#locate(path);
    if (places !== undefined) this.again(places);
  }

  /** The end of a step around is taken back, since one of its parts goes back. What was looked at once stays so. */
  #reopen(node: Node, from: Part): void {
    const first = this.#reopened.get(node);
    switch (node.kind) {
      case 'all':
      case 'map':
        if (first === null || first === from) return;
        this.#reopened.set(node, first === undefined ? from : null);
        if (first !== undefined) return this.#unfinished(first);
        for (const part of node.parts.values()) if (part !== from) this.#unfinished(part);
        return;
      case 'race':
        if (first !== undefined) return;
        this.#reopened.set(node, null);
        this.ends.add(node.path);
        for (const part of node.parts.values()) this.restart(part);
        return;
      case 'attempt': {
        if (from.path !== `${node.path}/try` || first !== undefined) return;
        this.#reopened.set(node, null);
        this.ends.add(node.path);
        for (const part of node.parts.values()) if (part !== from) this.#later.add(part.path);
        return this.restart(from);
      }
      case 'repeat': {
        const round = roundOf(from);
        const rounds = this.#rounds.get(node) ?? inOrder(node);
        this.#rounds.set(node, rounds);
        for (let last = rounds.at(-1); last !== undefined && roundOf(last) > round; last = rounds.at(-1)) {
          this.#later.add(last.path);
          rounds.pop();
        }
        return;
      }
      case 'branch':
      case 'graph':
      case 'simple':
        return;
    }
  }

  /** In a graph those nodes come after one which need it. */
  #afterNode(graph: Node, part: Part, node: Node): void {
    if (!this.#needs.has(graph)) this.#needs.set(graph, this.#needsOf(graph));
    const needs = this.#needs.get(graph);
    const later = new Set([node.path]);
    for (let before = -1; before < later.size;) {
      before = later.size;
      for (const { path } of part.steps) {
        const needed = needs?.get(path.slice(graph.path.length + 1)) ?? [];
        if (needed.some((need) => later.has(`${graph.path}/${need}`))) later.add(path);
      }
    }
    for (const path of later) if (path !== node.path) this.#later.add(path);
    // Journals of older versions do not say who needs whom: whoever needs a node has begun after its end.
    const end = node.lines.at(-1)?.seq ?? 0;
    if (needs === undefined)
      for (const { path, lines } of part.steps) if ((lines[0]?.seq ?? 0) > end) this.#later.add(path);
    this.#open(graph);
  }

  /** Who needs whom in a graph, by name; undefined when its journal does not say. */
  #needsOf(graph: Node): ReadonlyMap<string, readonly string[]> | undefined {
    const opened = graph.lines.find(({ kind }) => kind === 'opened');
    const { after } = JSON.parse(opened?.data ?? '{}') as { after?: Readonly<Record<string, readonly string[]>> };
    if (after === undefined) return undefined;
    const needs = new Map(Object.entries(after));
    const before = `${graph.path}/~add/`;
    for (const { path, data } of this.#enqueued) {
      if (!path.startsWith(before)) continue;
      needs.set(path.slice(before.length), (JSON.parse(data ?? '{}') as { needs: readonly string[] }).needs);
    }
    return needs;
  }

  /** A graph goes on: what failed or was passed over because it had failed gets its turn. */
  #open(graph: Node): void {
    if (this.#opened.has(graph)) return;
    this.#opened.add(graph);
    this.ends.add(graph.path);
    const isClosed = graph.lines.at(-1)?.kind === 'closed';
    for (const part of graph.parts.values()) {
      for (const node of part.steps) {
        const kind = node.lines.at(-1)?.kind;
        if (kind === 'skipped') this.#later.add(node.path);
        else if (kind === 'cancelled' || (!isClosed && kind === 'failed')) this.#tip(node);
      }
    }
  }

  #unfinished(part: Part): void {
    const last = part.steps.at(-1);
    if (last !== undefined) this.#unfinishedStep(last);
  }

  #unfinishedStep(node: Node): void {
    const own = node.lines.at(-1);
    switch (node.kind) {
      case 'simple':
        return this.#tip(node);
      case 'graph':
        if (own?.kind !== 'closed') this.#open(node);
        return;
      case 'race': {
        const winner = node.parts.get(own?.data ?? '');
        if (winner !== undefined) this.#unfinished(winner);
        return;
      }
      case 'attempt': {
        const handling = node.parts.get('catch');
        if (handling !== undefined) this.#unfinished(handling);
        return;
      }
      case 'repeat': {
        const last = inOrder(node).at(-1);
        if (last !== undefined) this.#unfinished(last);
        return;
      }
      case 'all':
      case 'map':
      case 'branch':
        for (const part of node.parts.values()) this.#unfinished(part);
    }
  }

  /** A step at which a part ended badly, if it did. */
  #tip(node: Node): void {
    if (this.ends.has(node.path)) return;
    const kind = node.lines.at(-1)?.kind;
    if (kind === 'cancelled') {
      // An attempt that was aborted is made again under its key, and a time that was set stays.
      if (['started', 'sleeping'].includes(node.lines[0]?.kind ?? '')) this.ends.add(node.path);
      else this.#step(node.path);
    } else if (kind === 'failed' && !this.#passed.has(node.path)) this.#step(node.path);
  }
}

/** Not into what came to its end for good although it failed: its undos belong to it. */
const settled = (of: Node, name: string): boolean => {
  if (of.kind === 'attempt') return name !== 'try';
  if (of.kind === 'race') return name === of.lines.find(({ kind }) => kind === 'won')?.data;
  return true;
};

/** The rounds of a loop. */
function inOrder({ parts }: Node): Part[] {
  return [...parts.values()].sort((a, b) => roundOf(a) - roundOf(b));
}

function roundOf({ path }: Part): number {
  return Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 0);
}
