import { isActive } from '../active.ts';
import type { Actor } from '../actor.ts';
import type { HostDocument } from './persist/document.ts';
import type { Effect, MachineEvent, MachineModule, Snapshot } from '../module.ts';

// Written as a method, so that an instance whose states are known by name counts as any instance.
type Asks<State> = { ask(state: State): boolean }['ask'];

/** One machine at work in a host. Its functions need no `this`: they can be handed on as they are. */
export interface Instance<
  Context = unknown,
  State extends string = string,
  Event extends MachineEvent = MachineEvent,
> extends Actor<Context, State, Event> {
  readonly machine: string;
  readonly id: string;
  /** `stopped`: somebody else ended it. */
  readonly status: 'active' | 'done' | 'stopped';
  /** Is the state of this name active, or one below it? */
  readonly in: Asks<State>;
  /** The events for which it has a transition now, guards aside. */
  readonly available: () => readonly string[];
  /** Has it a transition for this event now, guards aside? */
  readonly can: (event: string) => boolean;
  /**
   * Writes it down with the machines that it runs: `restore` of a host puts it back. Flows and tasks under way begin anew
   * from their input.
   *
   * @throws MillraceError MR3371 when something of it is not JSON.
   */
  readonly persist: () => HostDocument;
  /** Ends it, its work, and the machines below it, and takes it out of the host. */
  readonly stop: () => void;
}

type RunEffect = Extract<Effect, { readonly type: 'run' }>;

/** Work that a state asks for. */
export type Asked = Pick<RunEffect, 'id' | 'target' | 'input'>;

/** Work that lives as long as its state. */
export interface Running extends Asked {
  readonly controller: AbortController;
  /** The machine that it works with. */
  readonly child?: Hosted;
}

/** An instance as the host keeps it. */
export interface Hosted {
  readonly module: MachineModule<unknown>;
  readonly id: string;
  readonly parent: Hosted | undefined;
  /** The run of the parent that it is. */
  readonly run: string | undefined;
  /** How many instances stand above it. */
  readonly depth: number;
  readonly runs: Map<string, Running>;
  readonly listeners: Set<(snapshot: Snapshot) => void>;
  /** What is given out. */
  readonly face: Instance;
  snapshot: Snapshot;
  status: Instance['status'];
}

/** Under which an instance is kept. No machine has a slash in its name. */
export const keyOf = (machine: string, id: string): string => `${machine}/${id}`;

export function place(
  module: MachineModule<unknown>,
  id: string,
  snapshot: Snapshot,
  parent: Hosted | undefined,
  run: string | undefined,
  does: Pick<Instance, 'send' | 'stop' | 'persist'>,
): Hosted {
  const available = (): readonly string[] => (hosted.status === 'active' ? module.available(hosted.snapshot) : []);
  const listeners: Hosted['listeners'] = new Set();
  const hosted: Hosted = {
    module,
    id,
    parent,
    run,
    depth: parent === undefined ? 0 : parent.depth + 1,
    runs: new Map(),
    listeners,
    snapshot,
    status: snapshot.status,
    face: {
      machine: module.name,
      id,
      get status() {
        return hosted.status;
      },
      getSnapshot: () => hosted.snapshot,
      subscribe: (listener) => listenTo(listeners, listener),
      in: (state) => isActive(module, hosted.snapshot, state),
      available,
      can: (event) => available().includes(event),
      ...does,
    },
  };
  return hosted;
}

/** Adds a listener; gives the function that takes it away. The same one may be given twice. */
export function listenTo<Told>(listeners: Set<(told: Told) => void>, listener: (told: Told) => void): () => void {
  const own = (told: Told): void => listener(told);
  listeners.add(own);
  return () => void listeners.delete(own);
}
