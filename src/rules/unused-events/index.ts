export { unusedEvents } from './rule.ts';
