import type { JournalRow } from '../../store/index.ts';

/** A step as its journal shows it. */
export interface Node {
  readonly path: string;
  readonly kind: 'simple' | 'all' | 'map' | 'race' | 'attempt' | 'repeat' | 'branch' | 'graph';
  /** The lines of the step itself, in order. */
  readonly lines: readonly JournalRow[];
  /** By name, or by number for rounds and items. A graph has one, `''`, whose steps are its nodes. */
  readonly parts: ReadonlyMap<string, Part>;
  /** Has its undo begun? */
  readonly undone: boolean;
}

/** Steps that come one after the other, in their order. */
export interface Part {
  /** With what the paths of its steps begin; that of a graph is the path of the graph. */
  readonly path: string;
  readonly steps: readonly Node[];
  /** The step that it is a part of; undefined for the run itself. */
  readonly of: Node | undefined;
}

interface Growing {
  path: string;
  kind: Node['kind'];
  lines: JournalRow[];
  parts: Map<string, GrowingPart>;
  undone: boolean;
}
interface GrowingPart {
  path: string;
  steps: Growing[];
  of: Growing | undefined;
  known: Map<string, Growing>;
}

/**
 * The steps of a run, as they lie in each other. Within a part steps are recorded in the order of the program, since each
 * begins when the one before it has ended; what runs beside what is told by the lines of the steps around them.
 */
export function treeOf(rows: readonly JournalRow[]): Part {
  const kinds = ownKinds(rows);
  const root: GrowingPart = { path: '', steps: [], of: undefined, known: new Map() };
  // What begins with a tilde belongs to the run itself: what it does when it has failed is none of its steps.
  for (const row of rows)
    if (row.path !== '' && row.kind !== 'rewound' && !row.path.startsWith('~')) place(root, row, kinds);
  settle(root, kinds);
  return root;
}

type Kinds = ReadonlyMap<string, ReadonlySet<JournalRow['kind']>>;

function ownKinds(rows: readonly JournalRow[]): Kinds {
  const kinds = new Map<string, Set<JournalRow['kind']>>();
  for (const { path, kind } of rows) {
    const known = kinds.get(path);
    if (known === undefined) kinds.set(path, new Set([kind]));
    else known.add(kind);
  }
  return kinds;
}

function place(root: GrowingPart, row: JournalRow, kinds: Kinds): void {
  const segments = row.path.split('/');
  let part = root;
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index] ?? '';
    const [, name = segment, round] = /^(.*)\[(\d+)\]$/.exec(segment) ?? [];
    const path = part.path === '' ? name : `${part.path}/${name}`;
    let node = part.known.get(name);
    if (node === undefined) {
      node = { path, kind: 'simple', lines: [], parts: new Map(), undone: false };
      part.known.set(name, node);
      part.steps.push(node);
    }
    const next = segments[index + 1];
    if (round !== undefined) {
      part = partOf(node, round, `${path}[${round}]`);
    } else if (next === undefined) {
      node.lines.push(row);
    } else if (next.startsWith('~')) {
      // An undo, evidence, an added node: they belong to the step.
      if (next === '~undo') node.undone = true;
      return;
    } else if (kinds.get(path)?.has('opened') === true) {
      part = partOf(node, '', path);
    } else {
      part = partOf(node, next, `${path}/${next}`);
      index++;
    }
  }
}

function partOf(node: Growing, name: string, path: string): GrowingPart {
  let part = node.parts.get(name);
  if (part === undefined) node.parts.set(name, (part = { path, steps: [], of: node, known: new Map() }));
  return part;
}

/** Says of each step what it is. */
function settle(part: GrowingPart, kinds: Kinds): void {
  for (const node of part.steps) {
    node.kind = kindOf(node, kinds.get(node.path) ?? new Set());
    for (const inner of node.parts.values()) settle(inner, kinds);
  }
}

function kindOf(node: Growing, own: ReadonlySet<JournalRow['kind']>): Node['kind'] {
  if (own.has('opened')) return 'graph';
  if (own.has('mapped')) return 'map';
  if (own.has('chosen')) return 'branch';
  if (own.has('won')) return 'race';
  if (own.has('caught')) return 'attempt';
  if (node.parts.size === 0) return 'simple';
  const [first = ''] = node.parts.keys();
  // A race that nobody has won yet looks like an `all`, and is one: its parts run beside each other. The body of an
  // attempt that has not failed is a part without others beside it.
  return /^\d+$/.test(first) && node.parts.get(first)?.path.endsWith(']') === true ? 'repeat' : 'all';
}

/** Finds the step, or the first one of the part, at a path, with all steps that it lies in, the outermost first. */
export function locator(root: Part): (path: string) => readonly Place[] | undefined {
  const steps = new Map<string, Place>();
  const parts = new Map<string, Part>();
  const note = (part: Part): void => {
    for (const [at, node] of part.steps.entries()) {
      steps.set(node.path, { part, at, node });
      for (const inner of node.parts.values()) {
        parts.set(inner.path, inner);
        note(inner);
      }
    }
  };
  note(root);
  return (path) => {
    let place = steps.get(path) ?? steps.get(parts.get(path)?.steps[0]?.path ?? '');
    if (place === undefined) return undefined;
    const places: Place[] = [];
    for (; place !== undefined; place = place.part.of && steps.get(place.part.of.path)) places.push(place);
    return places.toReversed();
  };
}

/** Where a step is: the `at`th of its part. */
export interface Place {
  readonly part: Part;
  readonly at: number;
  readonly node: Node;
}

/** All steps, in whatever depth. `into` says which parts are gone into. */
export function* stepsIn(part: Part, into: (of: Node, name: string) => boolean): Generator<Node> {
  for (const node of part.steps) {
    yield node;
    for (const [name, inner] of node.parts) if (into(node, name)) yield* stepsIn(inner, into);
  }
}
