/** What proves that a task has done what it says. */
export type { EvidenceItem, Patience } from './check.ts';
export { claimsOf, type Claim } from './claims.ts';
export { EvidenceError, judge, readEvidence, verify, type EvidenceResult } from './pack.ts';
export type { EvidenceResource, EvidenceRow, EvidenceWorld } from './world.ts';
