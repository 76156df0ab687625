export { deadEnds } from './rule.ts';
