import { access, docComment, propertyKey, quote } from '../../model/text/names.ts';
import type { Fields, FieldType } from './pattern.ts';

export { access, docComment, propertyKey, quote };

const schemas: Readonly<Record<FieldType, string>> = {
  string: 'z.string()',
  integer: 'z.int()',
  number: 'z.number()',
  boolean: 'z.boolean()',
};

/** The schema of one field. */
export function schemaOf(type: FieldType): string {
  return schemas[type];
}

/** The schema of an object. */
export function objectOf(fields: Fields): string {
  const members = Object.entries(fields).map(([name, type]) => `${propertyKey(name)}: ${schemas[type]}`);
  return members.length === 0 ? 'z.object({})' : `z.object({ ${members.join(', ')} })`;
}

/** A name with a word before it: `book` and `flight` are `bookFlight`. */
export function prefixed(word: string, name: string): string {
  return `${word}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** A task whose work may be done twice without harm, and is tried a few times. */
export function task(
  name: string,
  description: string,
  options: { readonly input: string; readonly output: string; readonly attempts?: number },
): string {
  const { input, output, attempts = 3 } = options;
  return `task(${quote(name)}, {
  description: ${quote(description)},
  input: ${input},
  output: ${output},
  retry: { attempts: ${attempts}, backoff: 'exponential', delay: '1s', maxDelay: '1m' },
  idempotent: true,
})`;
}

/** A flow of steps, one a line. */
export function flow(
  name: string,
  description: string,
  options: { readonly input: string; readonly output: string; readonly steps: readonly string[] },
): string {
  const { input, output, steps } = options;
  return `flow(
  ${quote(name)},
  {
    description: ${quote(description)},
    input: ${input},
    output: ${output},
  },
  (f) =>
    f
${steps.map((step) => step.replaceAll(/^/gm, '      ')).join('\n')},
)`;
}
