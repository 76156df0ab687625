export { contextMembers } from './rule.ts';
