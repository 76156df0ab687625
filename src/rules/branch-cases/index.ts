export { branchCases } from './rule.ts';
