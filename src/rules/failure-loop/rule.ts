import { failedOf } from '../../core/index.ts';
import type { FlowNode, SystemModel } from '../../model/index.ts';
import { stepParts, visitSteps } from '../../model/visit/index.ts';
import type { Rule } from '../rule.ts';

/** A flow that starts when something has failed, and then does that very thing: as long as it fails, there is no end. */
export const failureLoop: Rule = {
  code: 'MR1344',
  name: 'failure-loop',
  severity: 'warning',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      const of = failedOf(flow.on ?? '');
      if (of === undefined || !reach(model, flow).has(of)) continue;
      report({
        message:
          of === flow.name
            ? `Flow '${flow.name}' starts when a run of it has failed: each that fails begins the next one.`
            : `Flow '${flow.name}' starts when '${of}' has failed, and runs '${of}' itself: as long as that fails, each run begins the next one.`,
        hint: 'Try again with `retry`, which comes to an end, or do something else here.',
        path: `flows.${flow.name}.on`,
        location: flow.location,
        context: { ids: [flow.name, of] },
      });
    }
  },
};

/** The flow, and all tasks and flows that it runs, also through others. */
function reach(model: SystemModel, flow: FlowNode): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (node: FlowNode): void => {
    if (found.has(node.name)) return;
    found.add(node.name);
    const add = (name: string): void => {
      const next = Object.hasOwn(model.flows, name) ? model.flows[name] : undefined;
      if (next === undefined) found.add(name);
      else walk(next);
    };
    visitSteps(node, (step) => {
      for (const { call } of stepParts(step).calls ?? []) add(call.target.name);
    });
    if (node.onFailure !== undefined) add(node.onFailure.target.name);
  };
  walk(flow);
  return found;
}
