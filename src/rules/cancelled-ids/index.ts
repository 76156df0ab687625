export { cancelledIds } from './rule.ts';
