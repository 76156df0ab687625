export { finalStates } from './rule.ts';
