import type { Context, InvocationPromise } from '@restatedev/restate-sdk';
import type { Place, Waiting } from '../contract.ts';
import { json } from '../json.ts';
import { bufferKey } from './buffer-key.ts';
import type { LeaveAsks, LeaveGives, ShelfGives } from './shelf.ts';

/** `by`: the end of the invocation that has asked, as in records of attempts. */
export type WaitGives = ShelfGives & { readonly by: string };

/** A wait as the host knows it. */
export interface WaitFor {
  /** The path of the step: how the calls are named in the journal. */
  readonly path: string;
  readonly event: string;
  /** `matchKey` of its fields. */
  readonly key: string;
  readonly waiting: Waiting;
}

/**
 * Asks for the oldest event that counts. Without one the run is noted down, and gets the next one by its signal, once:
 * a `Came`. A run of which several parts wait can get an event twice, by different fields: then it waits anew.
 */
export function bufferWait(
  ctx: Context,
  place: Place,
  { path, event, key, waiting }: WaitFor,
): InvocationPromise<WaitGives> {
  return ctx.genericCall<Waiting, WaitGives>({
    service: place.names.buffers,
    key: bufferKey(event, key),
    method: 'wait',
    parameter: waiting,
    inputSerde: json(),
    outputSerde: json(),
    name: path,
  });
}

/** Takes a wait back that was noted down. `underWay`: too late, its event comes by the signal. */
export function bufferLeave(
  ctx: Context,
  place: Place,
  { path, event, key }: Omit<WaitFor, 'waiting'>,
  asks: LeaveAsks,
): InvocationPromise<LeaveGives> {
  return ctx.genericCall<LeaveAsks, LeaveGives>({
    service: place.names.buffers,
    key: bufferKey(event, key),
    method: 'leave',
    parameter: asks,
    inputSerde: json(),
    outputSerde: json(),
    name: path,
  });
}
