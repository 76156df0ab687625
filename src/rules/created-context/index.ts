export { createdContext } from './rule.ts';
