import type { Location } from '../../model/index.ts';
import { visitBodies, visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

interface Named {
  readonly name: string;
  readonly location: Location;
}

/** The steps of one body have ids of their own, and so have the parts of one step. */
export const stepIds: Rule = {
  code: 'MR1206',
  name: 'step-ids',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      const check = (things: readonly Named[], what: string, path: string): void => {
        for (const [later, earlier] of repeated(things)) {
          report({
            message: `Flow '${flow.name}' has two ${what} '${later.name}'${path === '' ? '' : ` in '${path}'`}.`,
            hint: 'What it has done is recorded under the id: give one of them another.',
            path: `flows.${flow.name}.body.${path === '' ? '' : `${path}/`}${later.name}`,
            location: later.location,
            related: [{ message: 'the other one', location: earlier.location }],
            context: { actual: later.name, ids: [later.name] },
          });
        }
      };
      visitBodies(flow, ({ steps }, path) => {
        check(
          steps.flatMap((step) => (step.kind === 'returns' ? [] : [{ name: step.id, location: step.location }])),
          'steps',
          path,
        );
      });
      visitSteps(flow, (step, { path }) => {
        if (step.kind === 'parallel' || step.kind === 'race') check(step.bodies.map(toNamed), 'parts', path);
        if (step.kind === 'branch') check(step.cases.map(toNamed), 'cases', path);
        if (step.kind === 'graph') check(step.nodes, 'nodes', path);
      });
    }
  },
};

function toNamed({ name, body }: { readonly name: string; readonly body: { readonly location: Location } }): Named {
  return { name, location: body.location };
}

/** Each thing whose name was there before, with the one that had it. */
function repeated(things: readonly Named[]): readonly (readonly [Named, Named])[] {
  const first = new Map<string, Named>();
  return things.flatMap((thing) => {
    const other = first.get(thing.name);
    if (other === undefined) first.set(thing.name, thing);
    return other === undefined ? [] : [[thing, other] as const];
  });
}
