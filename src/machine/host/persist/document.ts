import type { MachineEvent, Snapshot } from '../../module.ts';

export const format = 'millrace.host';
export const formatVersion = 1;

/** An instance in a document. */
export interface StoredInstance {
  readonly machine: string;
  readonly id: string;
  /** The hash of the machine by which it ran. */
  readonly hash: string;
  readonly snapshot: Snapshot;
  readonly work: readonly StoredWork[];
}

/** Work under way: flows and tasks begin anew from their input, machines go on. */
export interface StoredWork {
  readonly id: string;
  readonly kind: 'flow' | 'task' | 'machine';
  readonly name: string;
  readonly input?: unknown;
  readonly instance?: StoredInstance | undefined;
}

/** An event for an instance, or from it when there is a target. */
interface StoredEvent {
  readonly machine: string;
  readonly instance: string;
  readonly event: MachineEvent;
  /** The id under which it can be taken back. */
  readonly id?: string | undefined;
}

export interface StoredTimer extends StoredEvent {
  /** Milliseconds since 1970. */
  readonly due: number;
  readonly target?: string | undefined;
}

export interface StoredDelivery extends StoredEvent {
  /** The run of the instance whose end it tells of. */
  readonly ends?: string | undefined;
}

/** Instances written down, as plain JSON: where they stand, what they wait for, what they run. */
export interface HostDocument {
  readonly format: typeof format;
  readonly formatVersion: typeof formatVersion;
  /** In the order in which they were created; those that others run stand in their `work`. */
  readonly instances: readonly StoredInstance[];
  /** By deadline. */
  readonly timers: readonly StoredTimer[];
  /** On their way, in order. */
  readonly events: readonly StoredDelivery[];
}
