import type { Context, InvocationPromise } from '@restatedev/restate-sdk';
import type { DecideAsks, DecideGives, DecisionView } from '../../runtime/index.ts';
import type { Ingress, Place } from '../contract.ts';
import { askedOf } from '../host/task/record.ts';
import { json } from '../json.ts';
import type { Asked, AskGives, DecideBody, LeaveDecisionAsks, LeaveDecisionGives } from './contract.ts';

const keyOf = (run: string, step: string): string => `${run} ${step}`;

/** Asks for a decision, from within a run: it hears of it by the signal, once, as a `DecidedSignal`. */
export function askDecision(ctx: Context, place: Place, asked: Asked): InvocationPromise<AskGives> {
  return ctx.genericCall<Asked, AskGives>({
    service: place.names.decisions,
    key: keyOf(asked.run, asked.step),
    method: 'ask',
    parameter: asked,
    // The body is not compared with the journal; this is.
    headers: { 'x-millrace-asked': askedOf('', { message: asked.message, form: asked.form }).trim() },
    inputSerde: json(),
    outputSerde: json(),
    name: asked.step,
  });
}

/** Does not wait for a decision any more, unless it is under way. */
export function leaveDecision(
  ctx: Context,
  place: Place,
  { run, step }: Pick<Asked, 'run' | 'step'>,
  asks: LeaveDecisionAsks,
): InvocationPromise<LeaveDecisionGives> {
  return ctx.genericCall<LeaveDecisionAsks, LeaveDecisionGives>({
    service: place.names.decisions,
    key: keyOf(run, step),
    method: 'leave',
    parameter: asks,
    inputSerde: json(),
    outputSerde: json(),
    name: step,
  });
}

/**
 * A person decides, from outside of any handler.
 *
 * @throws RunError MR3232 nothing is asked there, MR3233 it is decided already, MR3234 it is not filled in as it must be.
 */
export async function decide(
  ingress: Ingress,
  { names }: Pick<Place, 'names'>,
  { runId, step, approved, by, form }: DecideAsks,
): Promise<DecideGives> {
  const body: DecideBody = { approved, by, ...(form !== undefined && { form }) };
  await ingress.call({ service: names.decisions, handler: 'decide', key: keyOf(runId, step), body });
  return { runId, step };
}

/** An open question as people see it: of the JSON of the state `question`. */
export function decisionView(text: string): DecisionView {
  const { run, invocation: _invocation, signal: _signal, ...question } = JSON.parse(text) as Asked;
  return { runId: run, ...question };
}
