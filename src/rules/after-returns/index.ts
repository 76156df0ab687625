export { afterReturns } from './rule.ts';
