export { unpriced } from './rule.ts';
