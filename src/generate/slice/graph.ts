import { visitCalls, visitStates, type SystemModel } from '../../model/index.ts';

/** What stands around a task in its system, nearest first. */
export interface Neighbours {
  /** Flows that call it, in order of their names. */
  readonly flows: readonly string[];
  /** Other tasks that these flows call. */
  readonly tasks: readonly string[];
  /** Events that these flows publish. */
  readonly events: readonly string[];
  /** States that run it, or one of these flows. */
  readonly states: readonly { readonly machine: string; readonly state: string; readonly runs: string }[];
}

/** What a flow calls, in order. */
export function callsOf(model: SystemModel, flow: string): readonly { readonly kind: string; readonly name: string }[] {
  const calls: { kind: string; name: string }[] = [];
  visitCalls(model, ({ target }, site) => {
    if (site.kind === 'flow' && site.name === flow) calls.push({ kind: target.kind, name: target.name });
  });
  return calls;
}

/** Follows the edges that the model declares; nothing is guessed by likeness. */
export function neighboursOf(model: SystemModel, task: string): Neighbours {
  const flows = new Set<string>();
  const calls: { readonly flow: string; readonly kind: string; readonly name: string }[] = [];
  visitCalls(model, ({ target }, site) => {
    if (site.kind !== 'flow') return;
    calls.push({ flow: site.name, kind: target.kind, name: target.name });
    if (target.kind === 'task' && target.name === task) flows.add(site.name);
  });
  const near = calls.filter(({ flow }) => flows.has(flow));
  const named = (kind: string): readonly string[] =>
    [...new Set(near.filter((one) => one.kind === kind && one.name !== task).map(({ name }) => name))].sort();
  const states: { machine: string; state: string; runs: string }[] = [];
  for (const machine of Object.values(model.machines)) {
    visitStates(machine, (state, place) => {
      for (const { target } of state.run) {
        const runsIt = target.kind === 'task' && target.name === task;
        if (runsIt || (target.kind === 'flow' && flows.has(target.name)))
          states.push({ machine: machine.name, state: place.path, runs: target.name });
      }
    });
  }
  return {
    flows: [...flows].sort(),
    tasks: named('task').filter((name) => Object.hasOwn(model.tasks, name)),
    events: named('event').filter((name) => Object.hasOwn(model.events, name)),
    states,
  };
}
