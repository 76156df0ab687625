export { emptyIgnore, suppress, unusedIgnore } from './suppress.ts';
