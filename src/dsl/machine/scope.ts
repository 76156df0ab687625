import type { ErrorRecord } from '../../core/index.ts';

/** What every lambda of a machine can read. `Data` adds the event, the output or the error that it reacts to. */
export type MachineScope<Ctx, States extends string, Data> = {
  readonly context: Ctx;
  /** Milliseconds since 1970, as recorded. */
  readonly now: number;
  readonly instanceId: string;
  /** Is this state (or one below it) active? `({ in: isIn }) => isIn('open')` */
  readonly in: (state: States) => boolean;
} & Data;

/** In reaction to an event. */
export interface OfEvent<Payload> {
  readonly event: Payload;
}
/** When work is done. */
export interface OfOutput<Output> {
  readonly output: Output;
}
/** When work has failed. */
export interface OfError {
  readonly error: ErrorRecord;
}
