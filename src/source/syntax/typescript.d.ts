/** The TypeScript that ts-morph brings along, without ts-morph itself. Beside it stands the module. */
export { ts } from 'ts-morph';
