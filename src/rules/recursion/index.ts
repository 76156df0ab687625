export { recursion } from './rule.ts';
