import { failedOf, failureName } from '../../../core/index.ts';
import type { InstanceFacts, InstanceMap, StateTarget } from '../../step/step.ts';
import type { PlannedStep } from '../../plan/planned-step.ts';
import { NotCarried, own, type World } from '../world.ts';
import { chartOf, type Chart } from './chart.ts';

/** How one step renames what belongs to one instance. */
export interface StepNames {
  readonly step: PlannedStep;
  readonly map: InstanceMap | undefined;
  readonly machine: { readonly from: string; readonly to: string };
  /** Where a state goes; null: nowhere. */
  readonly state: (name: string) => readonly string[] | null;
  /** Is it, under its new name, another state than before: one that was there already? */
  readonly isMove: (from: string, to: string) => boolean;
  /** The event of a machine by its alias: its name there afterwards, and its own name before. */
  readonly alias: (name: string) => { readonly alias: string; readonly event: string };
  /** The target of a `send`. */
  readonly target: (target: string) => string;
  /** The id of work; empty when its state does not go on. */
  readonly work: (ref: string, active: Iterable<string>) => string;
}

/** The name that a step gives to a machine. */
export const machineName = ({ parts }: PlannedStep, name: string): string =>
  own(parts.instances, name)?.machine ?? name;

/** The name that a step gives to an event. */
export function eventName(step: PlannedStep, name: string): string {
  const renamed = own(step.parts.events, name)?.event;
  const of = renamed === undefined ? failedOf(name) : undefined;
  if (of === undefined) return renamed ?? name;
  const [task, flow] = [taskName(step, of), flowName(step, of)];
  return failureName(task === of ? flow : task);
}

/** The name that a step gives to a task. */
export const taskName = ({ parts }: PlannedStep, name: string): string => own(parts.tasks, name) ?? name;

/** The name that a step gives to a flow. */
export function flowName({ parts }: PlannedStep, name: string): string {
  const map = own(parts.runs, name);
  return typeof map === 'object' && 'flow' in map ? (map.flow ?? name) : name;
}

/** How a step names things for an instance that remembers `context`. */
export function namesOf(world: World, step: PlannedStep, facts: InstanceFacts, context: unknown): StepNames {
  const { machine } = facts;
  const map = own(step.parts.instances, machine);
  const to = map?.machine ?? machine;
  const [before, after] = [chartOf(world.modelOf(step.from), machine), chartOf(world.modelOf(step.to), to)];
  const isMove = (from: string, next: string): boolean =>
    from !== next && before?.states.has(next) === true && !isRenamed(map, next);
  const state = (name: string): readonly string[] | null => {
    const rule = own(map?.states, name);
    const found = typeof rule === 'function' ? rule(context as never, facts) : rule;
    if (found === undefined) return [name];
    if (found === null || typeof found === 'string') return found === null ? null : [found];
    if (Array.isArray(found)) return found as readonly string[];
    throw new NotCarried(`the step from ${step.from} to ${step.to} does not say where '${name}' goes`, { step });
  };
  return {
    step,
    map,
    machine: { from: machine, to },
    state,
    isMove,
    alias: (name) => aliasOf(step, before, after, name),
    target: (text) => targetOf(step, text),
    work: (ref, active) => {
      const owner = [...active].filter((name) => ref.startsWith(`${name}.`)).sort((a, b) => b.length - a.length)[0];
      if (owner === undefined) return ref;
      const rest = ref.slice(owner.length + 1);
      const what = [flowName(step, rest), taskName(step, rest), machineName(step, rest)].find((name) => name !== rest);
      const now = state(owner)?.[0] ?? owner;
      if (isMove(owner, now)) return '';
      const next = `${now}.${what ?? rest}`;
      // An id that was written out stays, also where it looks like one that was not.
      const ids = after?.states.get(now)?.run.map(({ id }) => id) ?? [];
      return ids.includes(ref) && !ids.includes(next) ? ref : next;
    },
  };
}

function isRenamed(map: InstanceMap | undefined, name: string): boolean {
  const rule: StateTarget | object | undefined = own(map?.states, name);
  return rule !== undefined && rule !== name;
}

function aliasOf(
  step: PlannedStep,
  before: Chart | undefined,
  after: Chart | undefined,
  alias: string,
): { readonly alias: string; readonly event: string } {
  const event = before?.events.get(alias) ?? alias;
  const renamed = eventName(step, event);
  const known = [...(after?.events ?? [])].find(([, name]) => name === renamed)?.[0];
  return { alias: known ?? (renamed === event ? alias : renamed), event };
}

function targetOf(step: PlannedStep, text: string): string {
  if (text.startsWith('#')) return text;
  const [machine = '', ...id] = text.split('/');
  return [machineName(step, machine), ...id].join('/');
}
