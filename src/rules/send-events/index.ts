export { sendEvents } from './rule.ts';
