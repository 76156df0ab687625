import type { styleText } from 'node:util';
import type { Diagnostic, Severity } from '../../model/index.ts';

const colors = { error: 'red', warning: 'yellow', info: 'cyan' } as const;
const order: readonly Severity[] = ['error', 'warning', 'info'];

/** `2 errors, 1 warning`; empty when there is nothing to count. */
export function summary(
  diagnostics: readonly Diagnostic[],
  paint: (style: Parameters<typeof styleText>[0], text: string) => string = (_style, text) => text,
): string {
  const parts = order.flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    const noun = severity === 'info' ? 'info' : `${severity}${count === 1 ? '' : 's'}`;
    return count === 0 ? [] : [paint(colors[severity], `${count} ${noun}`)];
  });
  return parts.join(', ');
}
