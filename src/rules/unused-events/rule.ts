import { visitReferences } from '../references/visit.ts';
import type { Rule } from '../rule.ts';

/**
 * Something emits every event or waits for it. One that is only emitted is no problem: it is for those who listen
 * outside, whom the model does not know; one that is only waited for is sent from there.
 */
export const unusedEvents: Rule = {
  code: 'MR1220',
  name: 'unused-events',
  severity: 'warning',
  check(model, report, { partial }) {
    if (partial === true) return;
    const used = new Set<string>();
    visitReferences(model, ({ name }) => void used.add(name));
    for (const { name, location } of Object.values(model.events)) {
      if (used.has(name)) continue;
      report({
        message: `Nothing in the system emits event '${name}' or waits for it.`,
        hint: 'Name it in `on` of a flow, in a `waitFor`, an `emit` or the `events` of a machine, or take it away.',
        path: `events.${name}`,
        location,
        context: { ids: [name] },
      });
    }
  },
};
