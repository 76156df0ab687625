export { applyFixes, type AppliedFixes } from './apply.ts';
export { fixOf } from './misspelt.ts';
