export { keys } from './rule.ts';
