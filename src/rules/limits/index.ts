export { limits } from './rule.ts';
