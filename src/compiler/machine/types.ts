/** The types of what events, outputs and errors carry, each declared once under a name. */
import { failedOf } from '../../core/index.ts';
import type { MachineNode, RunNode, SystemModel } from '../../model/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import { pascal } from './pascal.ts';
import type { Group } from './tree.ts';

export interface PayloadTypes {
  /** The type of what an event carries, by alias. */
  event(alias: string): string;
  /** The type of what a group's lambdas see. */
  group(group: Group): string;
  /** The declarations of the types asked for so far. */
  declarations(): readonly string[];
}

/** Names the payload types of a machine as they are asked for. */
export function payloadTypes(model: SystemModel, machine: MachineNode, writer: ModuleWriter): PayloadTypes {
  const names = new Map<string, string>();
  const declared: string[] = [];
  const declare = (key: string, wanted: string, type: () => string): string => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const text = type();
    const name = text === 'unknown' ? text : writer.declare(wanted);
    names.set(key, name);
    if (text !== 'unknown') declared.push(`type ${name} = ${text};`);
    return name;
  };
  const parsed = (type: string): string => `${writer.import('millrace/flow', 'Parsed', { typeOnly: true })}<${type}>`;
  const contract = (kind: 'event' | 'task' | 'flow', name: string): string =>
    `typeof ${writer.contract(kind, name, { typeOnly: true })}`;
  const errorRecord = (): string => writer.import('millrace/core', 'ErrorRecord', { typeOnly: true });

  const payload = (name: string): string => {
    if (Object.hasOwn(model.events, name)) return parsed(`${contract('event', name)}.payload`);
    const of = failedOf(name);
    const kind =
      of === undefined
        ? undefined
        : Object.hasOwn(model.tasks, of)
          ? 'task'
          : Object.hasOwn(model.flows, of)
            ? 'flow'
            : undefined;
    if (of === undefined || kind === undefined) return 'unknown';
    return `${writer.import('millrace', 'Failure', { typeOnly: true })}<${parsed(`${contract(kind, of)}.input`)}>`;
  };
  const output = ({ target }: RunNode): string => {
    if (target.kind === 'task' && Object.hasOwn(model.tasks, target.name))
      return parsed(`${contract('task', target.name)}.output`);
    const flow =
      target.kind === 'flow' && Object.hasOwn(model.flows, target.name) ? model.flows[target.name] : undefined;
    return flow?.output === undefined ? 'unknown' : parsed(`NonNullable<(${contract('flow', target.name)})['output']>`);
  };
  const event = (alias: string): string => {
    const name = machine.events.find((each) => each.alias === alias)?.name;
    if (name !== undefined) return declare(`event:${alias}`, pascal(alias), () => payload(name));
    return alias === 'error.execution' || alias === 'error.communication' ? errorRecord() : 'unknown';
  };
  // The same union as in the language: `order.*` stands for what lies below `order`.
  const pattern = (descriptor: string): string => {
    const covered = machine.events.filter(({ alias }) => alias.startsWith(descriptor.slice(0, -1)));
    const errors = descriptor === 'error.*' ? [errorRecord()] : [];
    const types = [...new Set([...errors, ...covered.map(({ alias }) => event(alias))])];
    if (types.length === 0 || types.includes('unknown')) return 'unknown';
    return declare(
      `pattern:${descriptor}`,
      pascal(descriptor === '*' ? 'any.event' : descriptor.replace('*', 'any')),
      () => types.join(' | '),
    );
  };
  return {
    event,
    group({ payload: carries, descriptor = '', run }) {
      if (carries === 'event') return descriptor.endsWith('*') ? pattern(descriptor) : event(descriptor);
      if (carries === 'error') return errorRecord();
      if (carries === undefined || run === undefined) return 'unknown';
      return declare(`run:${run.id}`, `${pascal(run.id)}Output`, () => output(run));
    },
    declarations: () => declared,
  };
}
