export { duplicateMatch } from './rule.ts';
