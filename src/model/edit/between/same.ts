import { canonicalJson } from '../../../core/index.ts';
import { significant } from '../../hash/print.ts';

/** All that counts of a node or a value, as a text to compare. */
export function saidOf(value: unknown): string {
  if (value === undefined) return '';
  // The members of a node decide what counts, so a value is looked at as one.
  return canonicalJson(typeof value === 'object' && value !== null ? significant({ value }) : value);
}

/** Does a field of two nodes of one kind mean the same? What a field means depends on the kind of its node. */
export function sameField(before: object, after: object, field: string): boolean {
  return fieldText(before, field) === fieldText(after, field);
}

function fieldText(node: object, field: string): string {
  const { kind, [field]: value } = node as Readonly<Record<string, unknown>>;
  return value === undefined ? '' : canonicalJson(significant({ ...(kind !== undefined && { kind }), [field]: value }));
}
