import { nearest } from '../../../core/index.ts';
import type { FlowNode, MachineNode, SystemModel } from '../../../model/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { GraphFormat, GraphOptions } from './options.ts';

/** What is to be shown. */
export interface Chosen {
  readonly definitions: readonly (MachineNode | FlowNode)[];
  /** Was one named, or is there no other? */
  readonly single: boolean;
}

/** The machines and flows that the options mean. */
export function choose(model: SystemModel, format: GraphFormat, options: GraphOptions): Chosen {
  const [machines, flows] = [Object.values(model.machines), Object.values(model.flows)];
  const machinesOnly = format === 'xstate' || format === 'xstate-module' || format === 'scxml';
  if (options.machine !== undefined) return one(model, 'machine', options.machine, machines, flows);
  if (options.flow !== undefined) {
    if (machinesOnly) {
      throw new CliError('MR1731', `A flow cannot be shown as ${format}: that is a notation for machines.`, {
        hint: 'For a flow there are --format mermaid, svg and json.',
      });
    }
    return one(model, 'flow', options.flow, flows, machines);
  }
  const definitions = machinesOnly ? machines : [...machines, ...flows];
  if (definitions.length === 0) {
    throw new CliError(
      'MR1732',
      `The system '${model.name}' declares no machine${machinesOnly ? '' : ' and no flow'}: there is nothing to show.`,
      { hint: '`dsl inspect FILE` shows what it declares.', exitCode: 1 },
    );
  }
  return { definitions, single: definitions.length === 1 };
}

function one(
  model: SystemModel,
  kind: 'machine' | 'flow',
  name: string,
  definitions: readonly (MachineNode | FlowNode)[],
  others: readonly (MachineNode | FlowNode)[],
): Chosen {
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return { definitions: [found], single: true };
  const names = definitions.map((definition) => definition.name);
  const otherKind = kind === 'machine' ? 'flow' : 'machine';
  const like = nearest(name, names);
  const hint = others.some((definition) => definition.name === name)
    ? `There is a ${otherKind} of this name: --${otherKind} ${name}.`
    : like === undefined
      ? '`dsl inspect FILE` shows what it declares.'
      : `Did you mean --${kind} ${like}?`;
  const all = names.length === 0 ? `It has no ${kind}s.` : `It has ${names.join(', ')}.`;
  throw new CliError('MR2017', `The system '${model.name}' has no ${kind} '${name}'. ${all}`, { hint });
}
