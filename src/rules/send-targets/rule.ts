import { parseTarget, type Target } from '../../core/index.ts';
import type { MachineNode, SystemModel } from '../../model/index.ts';
import { machineRuns, receivers, visitSends } from '../kit/sends.ts';
import { unknownName } from '../kit/words.ts';
import type { Rule } from '../rule.ts';

/** A `send` whose target is written out goes to somebody who exists. */
export const sendTargets: Rule = {
  code: 'MR1330',
  name: 'send-targets',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      visitSends(machine, (action, state, path) => {
        if (action.kind !== 'send' || typeof action.target !== 'string') return;
        const { target, location } = action;
        const receiver = parseTarget(target);
        if (receiver !== undefined && receivers(model, machine, receiver).length > 0) return;
        report({
          message: `State '${state.name}' of machine '${machine.name}' sends to '${target}', ${why(machine, receiver)}.`,
          ...hint(model, machine, receiver, target),
          path,
          location,
        });
      });
    }
  },
};

function why(machine: MachineNode, receiver: Target | undefined): string {
  if (receiver === undefined) return 'which is no target';
  if (receiver.kind === 'parent') return `but nothing runs machine '${machine.name}'`;
  return receiver.kind === 'run'
    ? `but no state runs a machine as '${receiver.id}'`
    : 'which is no machine of the system';
}

function hint(model: SystemModel, machine: MachineNode, receiver: Target | undefined, target: string) {
  if (receiver === undefined)
    return {
      hint: "Write '#parent', '#' and the id of a run, the name of a machine, or 'machine/instance'.",
      context: { actual: target },
    };
  if (receiver.kind === 'parent')
    return {
      hint: `A parent has a state with \`run: { machine: … }\`.`,
      context: { actual: target, ids: [machine.name] },
    };
  if (receiver.kind === 'machine' || receiver.kind === 'instance')
    return unknownName(receiver.machine, Object.keys(model.machines), 'machine');
  return unknownName(
    receiver.id,
    machineRuns(machine).map(({ id }) => id),
    'run of a machine',
  );
}
