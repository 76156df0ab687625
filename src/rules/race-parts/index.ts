export { raceParts } from './rule.ts';
