export { raiseLoop } from './rule.ts';
