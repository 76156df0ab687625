export { names } from './rule.ts';
