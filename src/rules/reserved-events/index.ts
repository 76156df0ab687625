export { reservedEvents } from './rule.ts';
