import { isGone, processName } from '../owner.ts';

/** Those of this process that may have calls of models under way. */
const living = new Set<string>();

/** Somebody may have calls under way, until the function is called that this gives. */
export function alive(name: string): () => void {
  living.add(name);
  return () => void living.delete(name);
}

/** Is it known that nobody carries on what this one had under way? */
export function isOver(name: string): boolean {
  return isGone(name) || (name.startsWith(processName('')) && !living.has(name));
}
