export { versionRaised } from './rule.ts';
