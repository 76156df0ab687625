export { SeededScheduler, type SeededSchedulerOptions, type SimulatedProcess } from './scheduler.ts';
