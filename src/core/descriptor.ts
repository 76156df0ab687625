/**
 * Is this a name by which a machine tells itself of its timers, ends and errors? No event from outside may have it.
 * `error.communication` is none: whoever delivers events tells of it.
 */
export function isReservedEvent(event: string): boolean {
  return /^(?:after|done\.(?:run|state)|error\.run)\.|^error\.execution$/.test(event);
}

/**
 * Does an event descriptor, as it stands in `on`, cover an event? A plain name covers itself, `name.*` covers `name` and
 * everything below it, `*` covers everything. The ends of a state's own timers and work (`after.…`, `done.run.…`,
 * `error.run.…`) belong to that state and are covered by their full name only: a `*` further down must not swallow the
 * timeout of a parent.
 *
 * @example
 * ```ts
 * import { matches } from 'millrace/core';
 *
 * matches('parcel.*', 'parcel.lost'); // true
 * ```
 */
export function matches(descriptor: string, event: string): boolean {
  if (descriptor === event) return true;
  if (/^(?:after|done\.run|error\.run)\./.test(event)) return false;
  if (descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  const prefix = descriptor.slice(0, -2);
  return event === prefix || event.startsWith(`${prefix}.`);
}
