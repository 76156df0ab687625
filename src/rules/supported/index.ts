export { supported } from './rule.ts';
export { features, type Feature } from './table.ts';
