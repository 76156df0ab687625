import { pathText } from '../core/index.ts';
import type { ContextResult } from './definition.ts';

/** What a schema has against a value, each with its path: `lines[0].quantity: expected a number`. */
export function problemsOf(issues: NonNullable<ContextResult['issues']>): readonly string[] {
  return issues.map(({ message, path = [] }) => {
    const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
    return keys.length === 0 ? message : `${pathText(keys)}: ${message}`;
  });
}
