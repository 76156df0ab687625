export { references } from './rule.ts';
