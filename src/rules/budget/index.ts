export { budget } from './rule.ts';
