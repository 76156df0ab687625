import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interpretMachine, type MachineModule, type MachineStep } from 'millrace/machine';
import { compiled } from '../../../test/support/compile-machine.ts';
import { randomBlocks } from '../../../test/support/random-actions.ts';
import { randomEvents, randomMachine } from '../../../test/support/random-machine.ts';
import { randomStructure, randomWalk } from '../../../test/support/random-structure.ts';
import { enliven, sketchMachine } from '../../../test/support/sketch.ts';

const outcome = (step: () => MachineStep): MachineStep | { readonly thrown: unknown } => {
  try {
    return step();
  } catch (thrown) {
    return { thrown: (thrown as { readonly code?: string }).code ?? thrown };
  }
};

/** Everything that one implementation does with these events. */
function trace(
  machine: MachineModule<unknown>,
  events: readonly { readonly name: string; readonly payload: unknown }[],
): readonly unknown[] {
  const seen: unknown[] = [];
  let last = outcome(() => machine.start({ n: 0 }, { instanceId: 'i', now: 1 }));
  let snapshot: MachineStep['snapshot'] | undefined;
  for (const [index, event] of events.entries()) {
    // One that does not come to rest stays where it was.
    if (!('thrown' in last)) snapshot = last.snapshot;
    if (snapshot === undefined) break;
    const from = snapshot;
    seen.push(last, machine.available(from));
    last = outcome(() => machine.send(from, event, { instanceId: 'i', now: index }));
  }
  return [...seen, last];
}

/** So many machines on demand; another seed gives other ones, and a failure says which it was. */
const machines = Number(process.env['MILLRACE_RUNS'] ?? 100);
const seed = process.env['MILLRACE_SEED'];
const options = (share: number) => ({
  numRuns: Math.ceil(share * machines),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
const timeout = 30_000 + machines * 400;

it(
  'enters, leaves and takes the same transitions in the same order: machines of every structure, 20 events each',
  { timeout },
  () => {
    fc.assert(
      fc.property(randomStructure, randomWalk, (sketch, events) => {
        const node = sketchMachine('random', sketch);
        expect(trace(compiled(node), events)).toEqual(trace(interpretMachine(enliven(node)), events));
      }),
      options(1),
    );
  },
);

it.each([
  ['without regions', randomMachine({ regions: false }), 0.4],
  ['with regions', randomMachine({ regions: true }), 0.4],
  ['in blocks of actions', randomBlocks, 2],
])(
  'the compiled machine does what the interpreter does, %s: states, context, effects, errors, in the same order',
  { timeout },
  (_, machine, share) => {
    fc.assert(
      fc.property(machine, fc.array(randomEvents, { minLength: 1, maxLength: 4 }), (sketch, runs) => {
        const node = sketchMachine('random', sketch);
        const interpreted = interpretMachine(enliven(node));
        const module = compiled(node);
        for (const events of runs) expect(trace(module, events)).toEqual(trace(interpreted, events));
      }),
      options(share),
    );
  },
);
