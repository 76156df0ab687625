export { waitTimeout } from './rule.ts';
