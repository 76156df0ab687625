import type { Context } from '@restatedev/restate-sdk';
import type { ErrorRecord } from '../../core/index.ts';
import { endedAs, renewing, type Scope } from '../../engine/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import type { AttemptOutcome } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import type { Driver, Waited } from '../driver/driver.ts';
import { json } from '../json.ts';
import { TerminalError } from '../sdk.ts';
import type { Answer, Asker } from './gate.ts';
import type { LeaveAsks } from './objects.ts';

/** An attempt that would like to begin. */
export interface TurnAsks {
  readonly contract: AnyTask;
  readonly run: string;
  readonly path: string;
  readonly attempt: number;
  /** The name of the attempt in the journal: `PATH` or `PATH~2`. Its turn is taken under that with `~turn`. */
  readonly name: string;
  /** When all attempts of the step must have ended, by the clock. */
  readonly total?: { readonly until: number; readonly ms: number };
}

/** May the attempt begin? */
export type Turn =
  /** Its task has no limits. */
  | { readonly kind: 'free' }
  | {
      readonly kind: 'held';
      readonly task: string;
      readonly token: string;
      readonly at: number;
      readonly leaseMs: number;
    }
  /** It has failed before it began: a breaker is open (MR3120), the queue is full (MR3121), the time is over (MR3131). */
  | { readonly kind: 'refused'; readonly error: ErrorRecord }
  /** The scope was aborted meanwhile. */
  | { readonly kind: 'aborted' };

export const isLimited = ({ policy }: AnyTask): boolean =>
  policy.concurrency !== undefined || policy.rateLimit !== undefined || policy.breaker !== undefined;

/**
 * Waits until the limits of its task let an attempt begin. To be called from a flow's handler, before the attempt; a task
 * without limits costs nothing.
 */
export async function takeTurn(
  by: { readonly place: Place; readonly ctx: Context; readonly driver: Driver },
  asks: TurnAsks,
  scope: Scope,
): Promise<Turn> {
  const { place, ctx, driver } = by;
  const { contract, name } = asks;
  if (!isLimited(contract)) return { kind: 'free' };
  if (scope.reason !== undefined) return { kind: 'aborted' };
  const task = contract.contract;
  const invocation = ctx.request().id;
  const token = `${invocation} ${name}`;
  const signal = `${name}~turn`;
  const gate = { service: place.names.limits, key: task, inputSerde: json<never>(), name: signal };
  const enter = (): Promise<Waited<Answer | { readonly state: 'wait' }>> =>
    driver.wait(
      ctx.genericCall<Asker, Answer | { readonly state: 'wait' }>({
        ...gate,
        method: 'enter',
        parameter: { ...askerOf(asks), token, invocation, signal },
        outputSerde: json(),
      }),
      scope,
    );
  const leave = (): Turn => {
    ctx.genericSend<LeaveAsks>({ ...gate, method: 'leave', parameter: { token, how: 'unknown' } });
    return { kind: 'aborted' };
  };
  let entered = await enter();
  // What undoes goes on when its run is cancelled: only the call was ended by that, before it could do anything.
  while (!entered.ok && !entered.aborted && isCancelled(entered.failure)) entered = await enter();
  if (!entered.ok) {
    if (entered.aborted) return leave();
    throw entered.failure;
  }
  if (entered.value.state !== 'wait') return turnOf(task, token, entered.value);
  const told = await driver.wait(ctx.signal<Answer>(signal, json()), scope);
  if (told.ok) return turnOf(task, token, told.value);
  if (told.aborted) return leave();
  throw told.failure;
}

const isCancelled = (failure: unknown): boolean => failure instanceof TerminalError && failure.code === 409;

/** Gives back a turn whose attempt does not begin. */
export async function giveBack(place: Place, turn: Turn): Promise<void> {
  if (turn.kind !== 'held') return;
  const body = { token: turn.token, how: 'unknown' } satisfies LeaveAsks;
  // Where nobody can be told, the place is free when its time is over.
  await place.ingress.send({ service: place.names.limits, key: turn.task, handler: 'leave', body }).catch(() => {});
}

/**
 * The same for an attempt that is made within another, which has its place already: from inside that. `token`: its name,
 * the same when it is made again because its process has died. Throws when the server cannot be reached, or the signal
 * aborts.
 */
export async function takeTurnWithin(
  place: Place,
  asks: Omit<TurnAsks, 'name'>,
  token: string,
  signal: AbortSignal | undefined,
): Promise<Turn> {
  const { contract } = asks;
  if (!isLimited(contract)) return { kind: 'free' };
  const task = contract.contract;
  const gate = { service: place.names.limits, key: task };
  try {
    const body = { ...askerOf(asks), token, invocation: '', signal: '', within: true } satisfies Asker;
    const answer = await place.ingress.call({
      ...gate,
      handler: 'turn',
      body,
      ...(signal === undefined ? {} : { signal }),
    });
    return turnOf(task, token, answer as Answer);
  } catch (error) {
    await place.ingress
      .send({ ...gate, handler: 'leave', body: { token, how: 'unknown' } satisfies LeaveAsks })
      .catch(() => {});
    throw error;
  }
}

const askerOf = ({ run, path, attempt, total }: Omit<TurnAsks, 'name'>) => ({
  run,
  step: path,
  attempt,
  ...(total === undefined ? {} : { total }),
});

const turnOf = (task: string, token: string, answer: Answer): Turn =>
  answer.state === 'go'
    ? { kind: 'held', task, token, at: answer.at, leaseMs: answer.leaseMs }
    : { kind: 'refused', error: answer.error };

/**
 * Makes the attempt in its turn, and gives that back at its end: to be called in the `ctx.run` of the attempt. `again`: may
 * it have been begun before? Undefined: the turn was lost, because nothing was heard of it for too long; another has to be
 * taken.
 */
export async function inTurn(
  place: Place,
  turn: Turn,
  again: boolean,
  make: () => Promise<AttemptOutcome>,
): Promise<AttemptOutcome | undefined> {
  if (turn.kind !== 'held') return make();
  const { task, token, at, leaseMs } = turn;
  const wall = place.clock.wall ?? place.clock;
  const gate = { service: place.names.limits, key: task };
  const renew = async (): Promise<boolean> =>
    (await place.ingress.call({ ...gate, handler: 'renew', body: { token } })) === true;
  // The run may have rested, or its process died, since it was let through.
  if ((again || wall.now() - at > leaseMs / 3) && !(await renew())) return undefined;
  const release = renewing(wall, leaseMs, renew);
  let outcome: AttemptOutcome | undefined;
  try {
    return (outcome = await make());
  } finally {
    release();
    // Where nobody can be told, the place is free when its time is over.
    const body = { token, how: endedAs(outcome) } satisfies LeaveAsks;
    await place.ingress.send({ ...gate, handler: 'leave', body }).catch(() => {});
  }
}
