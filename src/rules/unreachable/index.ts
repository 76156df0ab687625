export { unreachable } from './rule.ts';
