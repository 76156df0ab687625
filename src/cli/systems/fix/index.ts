export { fixSystems, type Fixed } from './fix.ts';
