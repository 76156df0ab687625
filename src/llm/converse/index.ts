export type * from './conversation.ts';
export { converse, type Conversing } from './converse.ts';
