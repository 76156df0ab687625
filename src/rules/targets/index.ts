export { targets } from './rule.ts';
