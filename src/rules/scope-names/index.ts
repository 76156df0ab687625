export { scopeNames } from './rule.ts';
