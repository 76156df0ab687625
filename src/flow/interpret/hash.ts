import { canonicalJson } from '../../core/index.ts';
import type { RunnableFlow } from './steps.ts';

/**
 * A hash of what a live flow does: its steps, and the text of its lambdas. What a lambda captures does not count, as
 * nobody can see it; schemas count by what they accept only where the caller says so.
 */
export function runnableHash(flow: RunnableFlow): string {
  const { name, on, timeout, onFailure, body } = flow;
  const plain = JSON.stringify({ name, on, timeout, onFailure, body }, (key, value: unknown) =>
    typeof value === 'function' ? String(value) : key === 'at' || key === 'location' ? undefined : value,
  );
  // Asked for when it is needed: a page may load this room for its contracts, and has no such module.
  const { hash } = process.getBuiltinModule('node:crypto');
  return hash('sha256', canonicalJson(JSON.parse(plain)), 'hex');
}
