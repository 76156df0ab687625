import { camelCase } from '../../model/text/names.ts';

/** `order.placed` becomes `OrderPlaced`. */
export function pascal(name: string): string {
  const camel = camelCase(name).replace(/^_+/, '');
  return camel.slice(0, 1).toUpperCase() + camel.slice(1);
}
