import { MillraceError } from '../../core/index.ts';
import { bodiesOf, type RunnableBody, type RunnableFlow } from './steps.ts';

// What a path of the journal is put together with.
const inPaths = /[/[\]~]|^\s*$/;

/**
 * Step ids and the names of parts make the paths of the journal, so they must be such that no two steps share one.
 *
 * @throws MillraceError MR3290
 */
export function checkIds(flow: RunnableFlow): void {
  checkBody(flow.name, flow.body);
}

function checkBody(flow: string, body: RunnableBody): void {
  const seen = new Set<string>();
  for (const step of body.steps) {
    if (step.kind === 'returns') continue;
    if (typeof step.id !== 'string' || inPaths.test(step.id)) throw refused(flow, step.id, 'id of a step');
    if (seen.has(step.id))
      throw failure(
        `The step id '${step.id}' is used twice in one body of flow '${flow}'. Give each step an id of its own.`,
        flow,
        step.id,
      );
    seen.add(step.id);
    const names = new Set<string>();
    if (step.kind === 'graph') {
      for (const { name } of step.nodes) {
        if (inPaths.test(name)) throw refused(flow, name, `name of a node of '${step.id}'`);
        if (names.has(name))
          throw failure(`The node '${name}' of step '${step.id}' in flow '${flow}' is there twice.`, flow, step.id);
        names.add(name);
      }
    }
    for (const { name, body: inner } of bodiesOf(step)) {
      if (inPaths.test(name)) throw refused(flow, name, `name of a part of '${step.id}'`);
      if (names.has(name))
        throw failure(`The part '${name}' of step '${step.id}' in flow '${flow}' is there twice.`, flow, step.id);
      names.add(name);
      checkBody(flow, inner);
    }
  }
}

function refused(flow: string, id: unknown, what: string): MillraceError {
  return failure(
    `'${String(id)}' cannot be the ${what} in flow '${flow}': it must not be empty nor hold any of / [ ] ~, of which paths are made.`,
    flow,
    String(id),
  );
}

function failure(message: string, flow: string, step: string): MillraceError {
  return new MillraceError(message, { code: 'MR3290', retryable: false, fault: 'input', details: { flow, step } });
}
