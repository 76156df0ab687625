/** What is checked while actions run. Compiled machines and the interpreter share it, so that both say the same. */
import { MillraceError } from '../core/index.ts';
import type { ContextSchema } from './definition.ts';
import { problemsOf } from './issues.ts';

/**
 * The items of a list, taken once. A list that is absent counts as empty.
 *
 * @throws MillraceError MR3343 when it is no list.
 */
export function itemsOf<Item>(list: Iterable<Item> | null | undefined): readonly Item[] {
  if (list === undefined || list === null) return [];
  if (typeof list[Symbol.iterator] === 'function') return [...list];
  throw mistake('MR3343', `'forEach' needs a list, not ${shown(list)}.`);
}

/**
 * The id of a `send` or a `cancel`. Those of the machine's own timers are not for users.
 *
 * @throws MillraceError MR3342 when it cannot be one.
 */
export function sendId(id: unknown): string {
  if (typeof id === 'string' && id !== '' && !id.startsWith('after.')) return id;
  throw mistake(
    'MR3342',
    `The id of a send is a text that is not empty and does not begin with 'after.', not ${shown(id)}.`,
  );
}

/**
 * Checks what the context of a machine is when a state with a context of its own is entered.
 *
 * @throws MillraceError MR3340 when it does not fit.
 */
export function checkContext(schema: ContextSchema, state: string, context: unknown): void {
  const result = schema['~standard'].validate(context);
  if ('then' in result) {
    // Nobody waits for it, also when it fails.
    result.then(undefined, () => {});
    throw mistake('MR3340', `The context schema of state '${state}' cannot say at once if it fits.`);
  }
  const { issues } = result;
  if (issues === undefined) return;
  const problems = problemsOf(issues);
  throw mistake('MR3340', `The context does not fit state '${state}': ${problems.join('; ')}.`, { state, problems });
}

export function mistake(code: string, message: string, details?: Readonly<Record<string, unknown>>): MillraceError {
  return new MillraceError(message, { code, retryable: false, fault: 'user-code', ...(details && { details }) });
}

export function shown(value: unknown): string {
  try {
    return typeof value === 'string'
      ? `'${value.slice(0, 80)}'`
      : (JSON.stringify(value) ?? String(value)).slice(0, 80);
  } catch {
    return typeof value;
  }
}
