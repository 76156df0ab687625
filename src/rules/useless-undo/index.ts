export { uselessUndo } from './rule.ts';
