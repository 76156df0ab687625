import type { Verifier } from './contract.ts';
import { createVerifier } from './verify/verifier.ts';

const notYet = (): never => {
  throw new Error('not yet');
};

/** The verifier that is used where none is given. */
export function openVerifier(): Verifier {
  return { testFile: notYet, ...createVerifier() };
}
