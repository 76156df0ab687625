export { fixSystems } from './fix.ts';
