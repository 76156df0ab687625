export { modelOutput } from './rule.ts';
