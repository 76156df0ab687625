import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importScxml } from 'millrace/convert';
import { createMachineHost, interpretMachine, type MachineModule } from 'millrace/machine';
import type { MachineNode } from 'millrace/model';
import { z } from 'zod';
import { compiled } from '../../support/compile-machine.ts';
import { enliven } from '../../support/sketch.ts';
import type { Case } from './cases.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Which of the two implementations runs a test. */
export type Engine = 'interpreter' | 'compiled';

const modules: Readonly<Record<Engine, (machine: MachineNode) => MachineModule<unknown>>> = {
  interpreter: (machine) => interpretMachine(enliven(machine)),
  compiled,
};

/** Runs one test. Gives nothing when it passes, otherwise why it does not. */
export function runCase(test: Case, engine: Engine): string | undefined {
  try {
    return problemOf(test, engine);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function problemOf({ name, folder, text, expected }: Case, engine: Engine): string | undefined {
  const imported = importScxml(text, {
    file: `${name}.scxml`,
    events: expected.events.map(({ event }) => event.name).filter((event) => event !== ''),
    readFile: (path) => readFileSync(join(folder, path), 'utf8'),
  });
  const { model, machine: main = '', payload } = imported;
  if (model === undefined) return imported.diagnostics.map(({ code, message }) => `${code} ${message}`).join('; ');

  // What each macrostep of the document's own machine ends in.
  const rested: (readonly string[])[] = [];
  const watched = (module: MachineModule<unknown>): MachineModule<unknown> => ({
    ...module,
    start: (...given) => {
      const step = module.start(...given);
      rested.push(step.snapshot.state);
      return step;
    },
    send: (...given) => {
      const step = module.send(...given);
      rested.push(step.snapshot.state);
      return step;
    },
  });
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  const host = createMachineHost({
    machines: Object.values(model.machines).map((machine) => {
      const module = modules[engine](machine);
      return { module: machine.name === main ? watched(module) : module, context: schemaOf(machine) };
    }),
    clock,
    onError: (error) => failures.push(error),
  });
  const instance = host.create(main);
  const first = difference(rested[0], expected.initialConfiguration, 'at the start');
  if (first !== undefined) return first;
  for (const { after = 0, event, nextConfiguration } of expected.events) {
    clock.advance(after);
    rested.length = 0;
    const { name: event_, data } = event;
    instance.send({ name: event_, payload: payload === 'event' ? { name: event_, data } : data });
    const state = rested[0] ?? instance.getSnapshot().state;
    const problem = difference(state, nextConfiguration, `after '${event_}'`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const schemaOf = (machine: MachineNode): z.ZodType =>
  new Function('z', `return ${machine.context.text};`)(z) as z.ZodType;

function difference(
  actual: readonly string[] | undefined,
  expected: readonly string[],
  when: string,
): string | undefined {
  const [is, wanted] = [actual ?? [], expected].map((names) => [...new Set(names)].sort().join(' '));
  return is === wanted ? undefined : `${when}: in ${is || 'nothing'}, expected ${wanted}`;
}
