export { eventlessLoop } from './rule.ts';
