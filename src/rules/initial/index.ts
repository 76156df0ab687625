export { initial } from './rule.ts';
