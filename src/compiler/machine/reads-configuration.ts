/** Which machines ask where they stand while they move. */
import type { ActionNode, ExpressionNode, LambdaParts, MachineNode } from '../../model/index.ts';
import { actionParts, visitActions, visitStates } from '../../model/visit/index.ts';

/**
 * Might a lambda ask which states are active while the machine moves between two of them? Guards and inputs are read
 * when it stands still; of the others only one that cannot be put in place can ask.
 */
export function readsConfiguration(machine: MachineNode): boolean {
  let found = false;
  const look = (expression: ExpressionNode | undefined): void => {
    found ||= expression !== undefined && asksForStates(expression);
  };
  visitStates(machine, (state) => {
    for (const { delay } of state.after) look(typeof delay === 'string' ? undefined : delay);
    look(state.output);
    visitActions(state, (action) => (found ||= looksInside(action)));
  });
  return found;
}

/** Might one of these actions ask which states are active? */
export function askForStates(actions: readonly ActionNode[]): boolean {
  return actions.some(
    (action) => looksInside(action) || (actionParts(action).blocks ?? []).some((inner) => askForStates(inner.actions)),
  );
}

/** Does the action itself, without those within it? */
function looksInside(action: ActionNode): boolean {
  const { code = [], calls = [] } = actionParts(action);
  return code.some(({ node }) => asksForStates(node)) || calls.some(({ lambda }) => asksForStates(lambda));
}

/** Might this lambda ask which states are active? */
export function asksForStates({ lambda }: ExpressionNode): boolean {
  return lambda === undefined || (lambda.reads === undefined ? mayReadIn(lambda) : lambda.reads.includes('in'));
}

function mayReadIn({ parameter, body }: LambdaParts): boolean {
  if (parameter.startsWith('{')) return /\bin\b|\.\.\./.test(parameter);
  // `(scope) => scope.context.n`: each time with the name of what is read.
  const name = /^[A-Za-z_]\w*/.exec(parameter)?.[0];
  if (name === undefined) return true;
  const all = body.match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  const others = body.match(new RegExp(`\\b${name}\\.(?!in\\b)[A-Za-z]`, 'g')) ?? [];
  return all.length !== others.length;
}
