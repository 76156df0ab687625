import type { Verifier } from './contract.ts';
import { createVerifier } from './verify/verifier.ts';

/** The verifier that is used where none is given. */
export function openVerifier(): Verifier {
  return createVerifier();
}
