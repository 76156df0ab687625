import { parseTarget } from '../core/index.ts';
import { mistake, shown } from './checks.ts';

/**
 * The target of a `send`, when it is one.
 *
 * @throws MillraceError MR3341 when it is no such text.
 */
export function targetOf(target: unknown): string {
  if (typeof target === 'string' && parseTarget(target) !== undefined) return target;
  throw mistake('MR3341', `A target is '#parent', '#RUN', 'machine' or 'machine/instance', not ${shown(target)}.`);
}
