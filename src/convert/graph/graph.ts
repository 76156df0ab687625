import type { Location, Tags } from '../../model/index.ts';

/** What a node stands for. */
export type GraphNodeKind = MachineNodeKind | FlowNodeKind;

/** `initial`, `history` and `fork` are pseudo-states: where a state begins, what it remembers, several targets at once. */
export type MachineNodeKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history' | 'initial' | 'fork';

/** `part` is a named body of a `parallel`, a `race` or an `attempt`; `node` a task of a `graph`. */
export type FlowNodeKind =
  | 'start'
  | 'end'
  | 'task'
  | 'flow'
  | 'machine'
  | 'parallel'
  | 'race'
  | 'attempt'
  | 'part'
  | 'branch'
  | 'map'
  | 'repeat'
  | 'graph'
  | 'waitFor'
  | 'approve'
  | 'sleep'
  | 'emit'
  | 'returns';

/** What makes an edge be followed. Of machines: `event` to `error`; `initial`, `default`, `fork` leave pseudo-states. */
export type GraphEdgeKind =
  | 'event'
  | 'always'
  | 'after'
  | 'done'
  | 'error'
  | 'initial'
  | 'default'
  | 'fork'
  | 'next'
  | 'case'
  | 'again'
  | 'needs'
  | 'failure';

/** One more thing that is said of a node, such as what happens on entry. */
export interface GraphDetail {
  readonly kind: 'entry' | 'exit' | 'run' | 'output' | 'context' | 'call' | 'undo' | 'option' | 'trigger';
  readonly text: string;
  /** The definition that it names, when it names one. */
  readonly target?: { readonly kind: 'task' | 'flow' | 'event' | 'machine'; readonly name: string };
}

/** A state, a step, or a part of one. */
export interface GraphNode {
  /**
   * Of a state its name, of a step its path as in the journal (`prepared/stock/held/line`). What the source does not name
   * has a `~` in it: `open~initial`, `~end`.
   */
  readonly id: string;
  readonly kind: GraphNodeKind;
  readonly label: string;
  /** The node around it. The children of a `parallel` state are its regions. */
  readonly parent?: string;
  readonly details: readonly GraphDetail[];
  /** Of a history state: does it remember all levels? */
  readonly deep?: boolean;
  readonly description?: string;
  readonly tags?: Tags;
  readonly location: Location;
}

/** A transition, or what follows on what. */
export interface GraphEdge {
  /** Of a transition its place, as errors tell it: `open.on.orderCancelled[0]`. */
  readonly id: string;
  readonly kind: GraphEdgeKind;
  readonly from: string;
  readonly to: string;
  /** Everything in one line: `orderCancelled [context.paid] / assign reason`. Long code is cut. */
  readonly label: string;
  /** The first part of the label: the event, `after 30s`, `always`; of a flow, the case. */
  readonly trigger?: string;
  /** The whole code of the condition. */
  readonly guard?: string;
  /** What is done on the way, in order. */
  readonly actions?: readonly string[];
  /** The transition has no target: nothing is left or entered, and `to` is `from`. */
  readonly targetless?: true;
  /** A self or child target does not leave the source. */
  readonly internal?: true;
  readonly description?: string;
  readonly location: Location;
}

/** A machine or a flow as nodes and edges: plain data in document order. */
export interface Graph {
  readonly kind: 'machine' | 'flow';
  readonly name: string;
  readonly description?: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly location: Location;
}
