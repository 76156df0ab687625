import { eventContract, flowContract, type FlowModule, type Schema } from 'millrace/flow';
import { interpretMachine } from 'millrace/machine';
import type { BoundSystem } from 'millrace/tasks';
import { z } from 'zod';
import { enliven, sketchMachine, type MachineSketch } from './sketch.ts';

/** The schemas that a sketch has no words for. */
export interface SketchSchemas {
  readonly context?: Schema;
  /** Payloads by event. Default: `{ id }`. */
  readonly events?: Readonly<Record<string, Schema>>;
  /** What flows give, by the name of the flow. */
  readonly outputs?: Readonly<Record<string, Schema>>;
}

/** A system with one interpreted machine, `m`, in it. */
export function boundMachine(sketch: MachineSketch, schemas: SketchSchemas = {}): BoundSystem {
  const { context = z.looseObject({}), events = {}, outputs = {} } = schemas;
  const source = 'sketch.dsl.ts:1:1';
  const plain = z.object({ id: z.string() });
  const flow = (name: string, output: Schema): FlowModule => ({
    kind: 'flow',
    contract: flowContract(name, { input: z.unknown(), output, source }),
    hash: '',
    waits: [],
    run: () => Promise.reject(new Error('not here')),
  });
  return {
    kind: 'bound-system',
    name: 'sketch',
    version: '1.0.0',
    hash: '',
    source,
    events: Object.fromEntries(
      (sketch.events ?? []).map((name) => [
        name,
        eventContract(name, { payload: events[name] ?? plain, ttl: '7d', source }),
      ]),
    ),
    tasks: {},
    flows: Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, flow(name, output)])),
    machines: { m: { module: interpretMachine(enliven(sketchMachine('m', sketch))), context } },
    implementations: {},
  };
}
