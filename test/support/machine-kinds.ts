import { interpretMachine, type MachineModule } from 'millrace/machine';
import { compiled } from './compile-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from './sketch.ts';

type Make = (name: string, sketch: MachineSketch) => MachineModule<unknown>;

/** Both ways to run sketched machines that know each other by name. */
export const machineKinds: readonly (readonly [string, Make])[] = [
  ['interpreted', (name, sketch) => interpretMachine(enliven(sketchMachine(name, sketch)))],
  ['compiled', (name, sketch) => compiled(sketchMachine(name, sketch))],
];
