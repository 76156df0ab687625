export {
  explore,
  simulate,
  type SimulationAction,
  type SimulationFaults,
  type SimulationOptions,
  type SimulationReport,
} from './simulate.ts';
export { World, type Answer, type TraceEntry, type WorldOptions } from './world.ts';
