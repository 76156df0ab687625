export { askFor, type AskedFor, type AskForOptions } from './ask-for.ts';
export { readOutput, type ReadOutput } from './read.ts';
