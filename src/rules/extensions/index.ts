export { extensionData, unknownExtension } from './rule.ts';
