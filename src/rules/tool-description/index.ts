export { toolDescription } from './rule.ts';
