export { graphNeeds } from './rule.ts';
