import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/index.ts';
import { placeOfQuestion } from './place.ts';
import type { PlannedStep } from './planned-step.ts';

/** The placeholders that are left in steps, each an error MR1818 with its question and its place. */
export function openQuestions(steps: readonly PlannedStep[], cwd: string): readonly Diagnostic[] {
  return steps.flatMap(({ parts, file }) => {
    const asked = new Map<string, number>();
    return questionsIn(parts, []).map(({ question, path }) => {
      const nth = asked.get(question) ?? 0;
      asked.set(question, nth + 1);
      return {
        code: 'MR1818',
        severity: 'error',
        message: `A decision is missing at '${path.join('.')}': ${question}`,
        file,
        ...placeOfQuestion(readFileSync(resolve(cwd, file), 'utf8'), question, nth),
        hint: 'Write the answer in the place of the placeholder; its comment tells what may stand there.',
      } as const;
    });
  });
}

/** The placeholders in a part of a step, with their paths. */
export function questionsIn(
  value: unknown,
  path: readonly string[],
): readonly { readonly question: string; readonly path: readonly string[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { kind, question } = value as { readonly kind?: unknown; readonly question?: unknown };
  if (kind === 'placeholder' && typeof question === 'string') return [{ question, path }];
  return Object.entries(value).flatMap(([key, inner]) => questionsIn(inner, [...path, key]));
}
