import type { Shape } from '../../source/schemas/shape.ts';

/** The TypeScript type of what a schema gives, as far as its text tells; nothing where that does not tell. */
export function typeText(shape: Shape): string | undefined {
  switch (shape.kind) {
    case 'anything':
      return 'unknown';
    case 'string':
    case 'boolean':
    case 'number':
      return shape.kind;
    // What is stored is JSON.
    case 'date':
      return 'string';
    case 'nothing':
      return 'undefined';
    case 'literals':
      return shape.values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' | ');
    case 'array': {
      const item = typeText(shape.item);
      return item === undefined ? undefined : / /.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case 'record': {
      const value = typeText(shape.value);
      return value === undefined ? undefined : `Record<string, ${value}>`;
    }
    case 'object': {
      const fields = Object.entries(shape.fields).map(([name, field]) => {
        const type = typeText(field);
        const key = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : `'${name}'`;
        return type === undefined ? undefined : `${key}${isOptional(field) ? '?' : ''}: ${type}`;
      });
      return fields.includes(undefined) ? undefined : `{ ${fields.join('; ')} }`;
    }
    case 'union': {
      const options = shape.options.map(typeText);
      return options.includes(undefined) ? undefined : options.join(' | ');
    }
    case 'optional':
    case 'limited':
      return typeText(shape.inner);
    case 'opaque':
      return undefined;
    default:
      return shape satisfies never;
  }
}

function isOptional(shape: Shape): boolean {
  return shape.kind === 'optional' || (shape.kind === 'limited' && isOptional(shape.inner));
}
