export { sendTargets } from './rule.ts';
