/** Does a descriptor (a name, `name.*` or `*`) cover this event? The same rule as `matches` of `millrace/machine`. */
export function matches(descriptor: string, event: string): boolean {
  if (descriptor === event) return true;
  if (/^(?:after|done\.run|error\.run)\./.test(event)) return false;
  if (descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  const prefix = descriptor.slice(0, -2);
  return event === prefix || event.startsWith(`${prefix}.`);
}
