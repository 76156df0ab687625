import { parsePrompt } from '../core/index.ts';

/** A value as it stands in a prompt: a text as it is, nothing for what is not there, all else as JSON. */
export function inPrompt(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : (JSON.stringify(value) ?? '');
}

/**
 * The prompt that a template makes of an input. Compiled code has the template printed as a lambda instead.
 *
 * @example
 * ```ts
 * import { promptOf } from 'millrace/flow';
 *
 * promptOf('Sum up for {{ reader.name }}: {{ text }}')({ input: { reader: { name: 'Ann' }, text: '…' } });
 * ```
 */
export function promptOf(template: string): (scope: { readonly input: unknown }) => string {
  const { parts } = parsePrompt(template);
  return ({ input }) =>
    parts.map((part) => (typeof part === 'string' ? part : inPrompt(at(input, part.path)))).join('');
}

function at(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    input,
  );
}
