export { nearest } from '../../core/index.ts';
