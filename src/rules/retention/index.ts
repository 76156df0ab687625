export { retention } from './rule.ts';
