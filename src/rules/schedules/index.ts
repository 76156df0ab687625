export { schedules } from './rule.ts';
