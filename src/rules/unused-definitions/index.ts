export { unusedDefinitions } from './rule.ts';
