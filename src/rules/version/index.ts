export { version } from './rule.ts';
