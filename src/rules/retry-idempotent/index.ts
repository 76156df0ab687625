export { retryIdempotent } from './rule.ts';
