export { toolRecursion } from './rule.ts';
