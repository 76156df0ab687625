export { stateNames } from './rule.ts';
