export { shadowed } from './rule.ts';
