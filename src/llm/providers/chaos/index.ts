export { chaosProvider, type ChaosFault, type ChaosOptions } from './chaos.ts';
