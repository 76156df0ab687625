import type { ErrorRecord } from '../../core/index.ts';
import type { InstanceName } from '../../engine/index.ts';
import type { Published, RunAsks } from '../contract.ts';
import type { HistoryEntry, InstanceState, MachineHandlers } from './contract.ts';

/** One thing that a turn of an instance does beside changing itself. */
export type Deed =
  | { readonly do: 'publish'; readonly event: Published }
  | { readonly do: 'begin'; readonly kind: 'flow' | 'task'; readonly name: string; readonly asks: RunAsks }
  /** Of a run that the same plan begins the invocation is not known yet. */
  | { readonly do: 'cancel'; readonly token: string; readonly invocation?: string }
  | Tell;

/** Has a handler of an instance called. */
export type Tell = {
  [H in keyof MachineHandlers]: {
    readonly do: 'tell';
    readonly to: InstanceName;
    readonly handler: H;
    readonly asks: MachineHandlers[H]['asks'];
    /** In ms of the clock. */
    readonly delay?: number;
  };
}[keyof MachineHandlers];

/** What a handler does, computed as a whole before the first of it is done: JSON, recorded in the journal. */
export interface Plan<T> {
  /** The instance as it is then. Absent: as it was. Null: it is gone. */
  readonly state?: InstanceState | null;
  readonly entries: readonly HistoryEntry[];
  /** Entries of the history that go: those from the first of these on and before the second. */
  readonly drops?: readonly [number, number];
  readonly deeds: readonly Deed[];
  readonly gives?: T;
}

/** What came of planning: what it refuses leaves everything as it was. */
export type Planned<T> =
  | { readonly ok: true; readonly plan: Plan<T> }
  | { readonly ok: false; readonly error: ErrorRecord };
