export { sizes } from './rule.ts';
