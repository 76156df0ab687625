export { taskNeeds } from './rule.ts';
