import type { Scenario, ScenarioDefinition } from './types.ts';

/**
 * Scenarios of one system: stories that it is to follow, as data. `Source` are the exports of its file, and give the
 * types; nothing of the file is executed. Export them from `NAME.scenarios.ts` beside the file, where `dsl test` finds them.
 *
 * @example
 * ```ts
 * import { scenariosOf } from 'millrace/testing';
 * import { task, flow } from 'millrace';
 * import { z } from 'zod';
 *
 * // In a project: import type * as hello from './hello.dsl.ts', and scenariosOf<typeof hello>().
 * declare const hello: { greet: typeof greet; meet: typeof meet };
 * const greet = task('greet', { input: z.string(), output: z.string() });
 * const meet = flow('meet', { input: z.string(), output: z.string() }, (f) => f.step('greet', ({ input }) => greet(input)));
 *
 * const scenario = scenariosOf<typeof hello>();
 * export const meets = scenario('greets whoever comes', {
 *   given: { tasks: { greet: { gives: 'Hello, Ada!' } } },
 *   when: [{ start: 'meet', input: 'Ada' }],
 *   expect: { runs: { meet: { status: 'completed', output: 'Hello, Ada!' } }, tasks: { greet: ['Ada'] } },
 * });
 * ```
 */
export function scenariosOf<Source>() {
  return (name: string, definition: ScenarioDefinition<Source>): Scenario =>
    Object.freeze({ kind: 'scenario', name, definition: definition as ScenarioDefinition<unknown> });
}

/**
 * The scenarios that a module exports, in order.
 *
 * @example
 * ```ts
 * import { scenariosIn, scenariosOf } from 'millrace/testing';
 *
 * const none = scenariosOf<{}>();
 * scenariosIn({ a: none('nothing happens', { when: [], expect: {} }), b: 1 }).length; // 1
 * ```
 */
export function scenariosIn(namespace: object): readonly Scenario[] {
  return Object.values(namespace).filter(
    (value): value is Scenario =>
      typeof value === 'object' && value !== null && (value as { readonly kind?: unknown }).kind === 'scenario',
  );
}
