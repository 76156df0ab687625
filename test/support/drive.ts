import type { MachineModule } from 'millrace/machine';

export const scope = { instanceId: 'i', now: 1000 };

/** Sends events one after the other; says where each leaves the machine and what was emitted on the way. */
export function drive(
  machine: MachineModule<unknown>,
  context: unknown,
  ...events: readonly (string | [string, unknown])[]
) {
  let step = machine.start(context, scope);
  const trace = [step];
  for (const event of events) {
    const [name, payload] = typeof event === 'string' ? [event, undefined] : event;
    trace.push((step = machine.send(step.snapshot, { name, payload }, scope)));
  }
  return { ...step, trace, states: trace.map(({ snapshot }) => snapshot.state.join()) };
}
