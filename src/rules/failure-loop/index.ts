export { failureLoop } from './rule.ts';
