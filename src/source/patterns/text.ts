import { access, docComment, propertyKey, quote } from '../../model/text/names.ts';
import type { Definition, Fields, FieldType } from './pattern.ts';

export { access, propertyKey, quote };

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

/** An event. */
export function event(name: string, description: string, payload: string): Definition {
  return definition('event', name, description, `event(${quote(name)}, { payload: ${payload} })`);
}

/** A task whose work may be done twice without harm, and is tried a few times. */
export function task(
  name: string,
  description: string,
  { input, output, attempts = 3 }: { readonly input: string; readonly output: string; readonly attempts?: number },
): Definition {
  return definition(
    'task',
    name,
    description,
    `task(${quote(name)}, {
  input: ${input},
  output: ${output},
  retry: { attempts: ${attempts}, backoff: 'exponential', delay: '1s', maxDelay: '1m' },
  idempotent: true,
})`,
  );
}

/** A flow of steps, one a line. */
export function flow(
  name: string,
  description: string,
  { input, output, steps }: { readonly input: string; readonly output: string; readonly steps: readonly string[] },
): Definition {
  const body = steps.map((step) => `  ${step}`).join('\n');
  return definition(
    'flow',
    name,
    description,
    `flow(${quote(name)}, {
  input: ${input},
  output: ${output},
}, (f) => f
${body})`,
  );
}

function definition(kind: Definition['kind'], name: string, description: string, call: string): Definition {
  return { kind, name, text: `${docComment(description)}\nexport const ${name} = ${call};\n` };
}
