export { regionConflicts } from './rule.ts';
