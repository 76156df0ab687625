export { suppressionsIn } from './ignore.ts';
