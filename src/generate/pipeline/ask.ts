import type { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { ModelError, type AnsweredValue, type Message, type Models, type Money, type Usage } from '../../llm/index.ts';
import { candidateSchema, casesOf, casesSchema, extractCode } from '../answer/answer.ts';
import type { TaskCase } from '../contract.ts';
import type { ModelChoice } from '../options.ts';

/** An answer that has the right shape: what is in it has yet to be judged. */
export interface Answer {
  /** Left out: only cases were asked for. */
  readonly code?: string;
  readonly cases: readonly TaskCase[];
  readonly notes?: string;
  readonly model: { readonly provider: string; readonly model: string };
  readonly usage: Usage;
  readonly cost?: Money;
  readonly calls: number;
  /** It was the last that could be paid. */
  readonly overrun: boolean;
  /** The conversation with this answer at its end. */
  readonly messages: readonly Message[];
}

/** How one answer is asked for. */
export interface Asking {
  readonly models: Models;
  readonly choice: ModelChoice;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly maxOutputTokens: number;
  readonly task: string;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly withinMs: number;
  /** Names of cases that are taken. */
  readonly taken: readonly string[];
}

/** Asks for a module and its cases. @throws ModelError when there is no answer of that shape */
export async function askForCode(asking: Asking): Promise<Answer> {
  const answered = await ask(asking, candidateSchema, 'generate-task');
  const { code, cases, notes } = answered.value;
  return {
    ...common(asking, answered),
    code: extractCode(code),
    cases: casesOf(cases, asking.taken),
    ...(notes === undefined || notes.trim() === '' ? {} : { notes }),
  };
}

/** Asks for cases only. @throws ModelError when there is no answer of that shape */
export async function askForCases(asking: Asking): Promise<Answer> {
  const answered = await ask(asking, casesSchema, 'generate-cases');
  return { ...common(asking, answered), cases: casesOf(answered.value.cases, asking.taken) };
}

function ask<Type extends z.ZodType>(
  { models, choice, system, messages, maxOutputTokens, task, run, signal, withinMs }: Asking,
  output: Type,
  operation: string,
): Promise<AnsweredValue<z.output<Type>>> {
  const whom = choice.model === undefined ? { role: choice.role ?? 'balanced' } : { model: choice.model };
  return models.askFor(
    { ...whom, system, messages, maxOutputTokens, output },
    // Answers are kept when they are verified, and not before.
    { task, run, operation, signal, withinMs, cache: 'bypass' },
  );
}

function common<T>(asking: Asking, answered: AnsweredValue<T>): Omit<Answer, 'code' | 'cases' | 'notes'> {
  const { answer, usage, cost, calls, overrun } = answered;
  return {
    model: { provider: answer.provider, model: answer.model },
    usage,
    ...(cost === undefined ? {} : { cost }),
    calls,
    overrun: overrun !== undefined,
    messages: [...asking.messages, { role: 'assistant', text: answer.text }],
  };
}

/** Whether another model may do better: what it said could not be used. Else asking again is no help. */
export function anotherMayDo(thrown: unknown): thrown is ModelError {
  return (
    thrown instanceof ModelError &&
    ['invalidOutput', 'truncated', 'refusal', 'filtered', 'contextLength'].includes(thrown.kind)
  );
}

/** What a failed call has used, as far as it is known. */
export function usedBy(thrown: unknown): { readonly usage?: Usage | undefined; readonly calls: number } {
  if (!(thrown instanceof ModelError)) return { calls: 0 };
  const { calls } = thrown.details;
  const asked = typeof calls === 'number' ? calls : thrown.mayHaveCost ? 1 : 0;
  return { usage: thrown.usage, calls: asked };
}

/** The lines of what is wrong with an answer that has not the right shape. */
export function shapeProblems(thrown: ModelError): readonly string[] {
  const { problems } = thrown.details;
  return [messageOf(thrown), ...(Array.isArray(problems) ? problems.slice(1).map(String) : [])];
}
