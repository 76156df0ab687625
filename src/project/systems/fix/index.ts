export { fixSystems, type Mended } from './fix.ts';
