export { evidence } from './rule.ts';
