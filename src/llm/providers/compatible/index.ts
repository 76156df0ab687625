export { compatibleProvider, type CompatibleSettings } from './compatible.ts';
