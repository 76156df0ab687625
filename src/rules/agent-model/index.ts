export { agentModel } from './rule.ts';
