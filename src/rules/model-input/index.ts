export { modelInput } from './rule.ts';
