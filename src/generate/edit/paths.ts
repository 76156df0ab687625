import { visitStates, visitSteps, type SystemModel } from '../../model/index.ts';
import { pathName } from '../../model/edit/path.ts';

/** The paths that edits of a system can name: definitions, steps and states, in the order of the source. Fields are below them. */
export function pathsOf(system: SystemModel): readonly string[] {
  const { events, tasks, agents, resources, flows, machines, contexts, locals } = system;
  const named = { events, tasks, agents, resources, contexts, locals };
  return [
    ...Object.entries(named).flatMap(([map, entries]) =>
      Object.keys(entries).map((name) => `${map}.${pathName(name)}`),
    ),
    ...Object.values(flows).flatMap((flow) => {
      const own = `flows.${pathName(flow.name)}`;
      const steps: string[] = [];
      visitSteps(flow, (_, { path }) => void steps.push(`${own}.body.${path.split('/').map(pathName).join('/')}`));
      return [own, ...steps];
    }),
    ...Object.values(machines).flatMap((machine) => {
      const own = `machines.${pathName(machine.name)}`;
      const states: string[] = [];
      visitStates(machine, ({ name }) => void states.push(`${own}.states.${pathName(name)}`));
      return [own, ...states];
    }),
  ];
}
