export { duplicates } from './rule.ts';
