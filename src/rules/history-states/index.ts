export { historyStates } from './rule.ts';
