export { aliases } from './rule.ts';
