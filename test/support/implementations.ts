import { interpretMachine, type Effect, type MachineModule } from 'millrace/machine';
import { compiled } from './compile-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from './sketch.ts';

type Make = (sketch: MachineSketch) => MachineModule<unknown>;
/** Both ways to run a sketched machine. */
export const implementations: readonly (readonly [string, Make])[] = [
  ['interpreted', (sketch) => interpretMachine(enliven(sketchMachine('m', sketch)))],
  ['compiled', (sketch) => compiled(sketchMachine('m', sketch))],
];

/** The names of the events that a step emits. */
export const names = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.type === 'emit' ? [effect.event] : []));
