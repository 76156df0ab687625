export type { Conversing } from './asking.ts';
export type * from './conversation.ts';
export { converse } from './converse.ts';
