export { unimplemented } from './rule.ts';
