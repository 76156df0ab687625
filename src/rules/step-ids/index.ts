export { stepIds } from './rule.ts';
