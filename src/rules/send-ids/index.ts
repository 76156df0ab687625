export { sendIds } from './rule.ts';
