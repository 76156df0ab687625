export { createVerifier as openVerifier } from './verify/verifier.ts';
