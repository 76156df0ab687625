import type { Severity } from '../../model/index.ts';

/** Is this the code of a rule of the user's, such as `shop/no-x`? */
export function isCustom(code: string): boolean {
  return !/^MR\d{4}$/.test(code);
}

/**
 * May this be switched off? An error of Millrace's may not: what it finds cannot be compiled, or would become something
 * else than was meant. What is an error of the user's own is for the user to say.
 */
export function mayBeOff(of: {
  readonly code: string;
  readonly severity: Severity;
  readonly alsoWarns?: boolean;
}): boolean {
  return of.severity !== 'error' || of.alsoWarns === true || isCustom(of.code);
}
