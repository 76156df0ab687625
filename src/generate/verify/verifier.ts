import type { Verifier } from '../contract.ts';
import { strengthGates, type StrengthOptions } from '../mutation/strength.ts';
import { checkPolicy } from '../policy/check.ts';
import { printTests } from '../test-file/print-tests.ts';
import { runGates, type SandboxOptions } from './run-gates.ts';

/** How code is judged: limits, walls, and how strong its cases have to be. */
export type VerifierOptions = SandboxOptions & StrengthOptions;

/** Raised when the same code could fare otherwise. */
const version = '3';

/**
 * What judges code without believing it: its policy, its runs behind walls, and how strong its cases are.
 *
 * @example
 * ```ts
 * import { createVerifier } from 'millrace/generate';
 *
 * createVerifier({ timeoutMs: 5000 }).version;
 * ```
 */
export function createVerifier(options: VerifierOptions = {}): Verifier {
  return {
    version,
    policy: checkPolicy,
    run: (code, cases, subject, given) => runGates(code, cases, subject, { ...options, ...given }),
    testFile: printTests,
    strength: (code, cases, subject, given) => strengthGates(code, cases, subject, { ...options, ...given }),
  };
}
