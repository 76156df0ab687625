/** Does what stands in `on` hear the event of this name? The ends of timers and work are heard under their full name only. */
export function hears(pattern: string, event: string): boolean {
  if (pattern === event) return true;
  if (/^(?:after|done\.run|error\.run)\./.test(event)) return false;
  if (pattern === '*') return true;
  if (!pattern.endsWith('.*')) return false;
  const prefix = pattern.slice(0, -2);
  return event === prefix || event.startsWith(`${prefix}.`);
}
