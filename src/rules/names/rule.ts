import { visitSteps } from '../../model/visit/index.ts';
import type { FlowNode } from '../../model/index.ts';
import { definitionsOf } from '../kit/definitions.ts';
import { article } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

const definition = /^[A-Za-z_][\w.-]*$/;
// What a path of the journal is put together with.
const inPaths = /[/[\]~]|^\s*$/;
/** What the scope of a lambda already has. */
const reserved = new Set(['input', 'item', 'index', 'error', 'now', 'runId']);

/** Names are such that they can stand in paths, in file names and in generated code. */
export const names: Rule = {
  code: 'MR1207',
  name: 'names',
  severity: 'error',
  check(model, report) {
    for (const { kind, name, path, location } of definitionsOf(model)) {
      const reason = name.startsWith('failed.')
        ? "names that begin with 'failed.' belong to the failures of tasks and flows"
        : name === '__proto__'
          ? 'JavaScript gives it a meaning of its own'
          : definition.test(name)
            ? undefined
            : 'it must begin with a letter or _, and go on with letters, digits, _, - and dots';
      if (reason !== undefined) {
        report({
          message: `'${name}' cannot be the name of ${article(kind)}: ${reason}.`,
          path,
          location,
          context: { actual: name, ids: [name] },
        });
      }
    }
    for (const flow of Object.values(model.flows)) checkIds(flow, report);
  },
};

function checkIds(flow: FlowNode, report: (finding: Finding) => void): void {
  visitSteps(flow, (step, { path }) => {
    if (step.kind === 'returns') return;
    const at = { path: `flows.${flow.name}.body.${path}`, location: step.location };
    const refuse = (id: string, what: string, reason: string): void => {
      report({
        message: `'${id}' cannot be the ${what} in flow '${flow.name}': ${reason}.`,
        ...at,
        context: { actual: id, ids: [id] },
      });
    };
    const inPath = 'it must not be empty nor hold any of / [ ] ~, of which paths are made';
    if (reserved.has(step.id))
      refuse(step.id, 'id of a step', 'every lambda already has something of that name in its scope');
    if (inPaths.test(step.id)) refuse(step.id, 'id of a step', inPath);
    const parts =
      step.kind === 'parallel' || step.kind === 'race' ? step.bodies : step.kind === 'branch' ? step.cases : [];
    for (const { name } of parts) if (inPaths.test(name)) refuse(name, 'name of a part', inPath);
    if (step.kind === 'graph')
      for (const { name } of step.nodes) if (inPaths.test(name)) refuse(name, 'name of a node', inPath);
  });
}
