import type { SystemModel } from '../model/index.ts';
import { readAgent, readResource } from './define/agent.ts';
import type { Definition, Verb } from './define/dsl-call.ts';
import { readEvent } from './define/event.ts';
import type { Member } from './define/members.ts';
import { readTask } from './define/task.ts';
import { readFlow } from './flow/flow.ts';
import { readMachine } from './machine/machine.ts';
import type { Reading } from './reading.ts';
import { fromEntries } from './value/readers.ts';

/** Reads every definition of a system, by kind and name. */
export function readMembers(
  reading: Reading,
  members: readonly Member[],
): Pick<SystemModel, 'events' | 'tasks' | 'agents' | 'resources' | 'flows' | 'machines'> {
  const of = <T>(verb: Verb, read: (reading: Reading, definition: Definition, name: string) => T): Record<string, T> =>
    fromEntries(
      members.flatMap(({ definition, name }) =>
        definition.verb === verb ? [[name, read(reading, definition, name)] as const] : [],
      ),
    );
  return {
    events: of('event', readEvent),
    tasks: of('task', readTask),
    agents: of('agent', readAgent),
    resources: of('resource', readResource),
    flows: of('flow', readFlow),
    machines: of('machine', readMachine),
  };
}
