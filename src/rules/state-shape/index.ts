export { stateShape } from './rule.ts';
