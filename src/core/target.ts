/** To whom an event is sent. */
export type Target =
  /** The instance that runs the sender. */
  | { readonly kind: 'parent' }
  /** The machine that a run of the sender works with. */
  | { readonly kind: 'run'; readonly id: string }
  /** The instance of a machine that the event's key field names. */
  | { readonly kind: 'machine'; readonly machine: string }
  | { readonly kind: 'instance'; readonly machine: string; readonly id: string };

/**
 * Reads `#parent`, `#RUN`, `machine` or `machine/instance`. Gives nothing for any other text.
 *
 * @example
 * ```ts
 * import { parseTarget } from 'millrace/core';
 *
 * parseTarget('order/17'); // { kind: 'instance', machine: 'order', id: '17' }
 * ```
 */
export function parseTarget(target: string): Target | undefined {
  if (target === '#parent') return { kind: 'parent' };
  if (target.startsWith('#')) return target === '#' ? undefined : { kind: 'run', id: target.slice(1) };
  const [, machine, id] = /^([A-Za-z_][\w.-]*)(?:\/(.+))?$/s.exec(target) ?? [];
  if (machine === undefined) return undefined;
  return id === undefined ? { kind: 'machine', machine } : { kind: 'instance', machine, id };
}
