import type { StepOf } from '../../model/index.ts';
import { visitSteps } from '../../model/visit/index.ts';
import { findCycle } from '../kit/cycle.ts';
import { unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** The nodes of a graph need nodes that stand above them, and never in a circle. */
export const graphNeeds: Rule = {
  code: 'MR1217',
  name: 'graph-needs',
  severity: 'error',
  check(model, report) {
    for (const flow of Object.values(model.flows)) {
      visitSteps(flow, (step, { path }) => {
        if (step.kind === 'graph') judge(step, `flows.${flow.name}.body.${path}`, report);
      });
    }
  },
};

function judge(step: StepOf<'graph'>, path: string, report: (finding: Finding) => void): void {
  const names = step.nodes.map(({ name }) => name);
  const inCycle = new Set<string>();
  for (const { name, needs, location } of step.nodes) {
    for (const need of needs) {
      if (names.includes(need)) continue;
      const message = `Node '${name}' of graph '${step.id}' needs '${need}', but the graph has no such node.`;
      report({ message, ...unknownName(need, names, 'node'), path: `${path}.${name}`, location });
    }
    const cycle = findCycle(name, (node) => step.nodes.find((other) => other.name === node)?.needs ?? []);
    if (cycle === undefined) {
      // Cycles apart, the types of what is printed know only the nodes above.
      const below = needs.find((need) => names.indexOf(need) > names.indexOf(name));
      if (below === undefined) continue;
      const message = `Node '${name}' of graph '${step.id}' needs '${below}', which stands below it.`;
      report({
        message,
        hint: `Move '${below}' above '${name}'.`,
        path: `${path}.${name}`,
        location,
        context: { actual: below, ids: [name, below] },
      });
      continue;
    }
    if (inCycle.has(name)) continue;
    for (const node of cycle) inCycle.add(node);
    const message = `The nodes of graph '${step.id}' need each other: ${cycle.map((node) => `'${node}'`).join(' → ')}.`;
    report({ message, path: `${path}.${name}`, location, context: { ids: cycle.slice(0, -1) } });
  }
}
