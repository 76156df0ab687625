import { failedOf, MillraceError } from '../../core/index.ts';
import {
  eventContract,
  failureOf,
  flowContract,
  interpretFlow,
  taskContract,
  type AnyEvent,
  type AnyFlow,
  type AnyTask,
  type Contract,
  type FlowContract,
  type FlowModule,
  type Lookup,
  type RunnableFlow,
  type Schema,
} from '../../flow/index.ts';
import { interpretMachine, type MachineDefinition } from '../../machine/index.ts';
import { hashFlow, hashMachine, hashSystem, type Location, type SystemModel } from '../../model/index.ts';
import type { BoundMachine, BoundSystem, Retention, TaskImplementation } from '../../tasks/index.ts';
import type { Namespace } from './execute.ts';
import { modelOf } from './model.ts';
import { pair, type LiveLambda } from './pair.ts';
import { evidenceOf, needsOf, policyOf, type LiveTask } from './task.ts';

/** A bound system, and what was bound. */
export interface Binding {
  readonly system: BoundSystem;
  /** The path of every lambda, call and schema of the model that has its living twin. */
  readonly paths: readonly string[];
}

/** What the binder needs beside the model. */
export interface BindOptions {
  /** What the executed files export. */
  readonly namespaces: readonly Namespace[];
  /** By task name. */
  readonly implementations: Readonly<Record<string, TaskImplementation>>;
  /** The entry file. */
  readonly source: string;
}

/**
 * Gives a model life: binds the schemas and functions of the executed source to it by path.
 *
 * @throws MillraceError MR1018 when the executed source is not what was read.
 */
export function bind(model: SystemModel, options: BindOptions): Binding {
  const live = definitionsIn(options.namespaces);
  const paths: string[] = [];
  const differences: string[] = [];
  const paired = (
    map: keyof SystemModel & string,
    name: string,
    node: unknown,
    call: (node: never, live: LiveLambda) => unknown = (_, lambda) => lambda,
  ): unknown => {
    const path = `${map}.${name}`;
    const twin = live.get(`${map.slice(0, -1)}:${name}`);
    if (twin === undefined) {
      differences.push(`${path}: executing the source gives no such definition`);
      return undefined;
    }
    return pair(node, twin, path, {
      call: call as never,
      bound: (at) => paths.push(at),
      differs: (at, how) => differences.push(`${at}: ${how}`),
    });
  };
  const events = mapValues(model.events, (node, name) => paired('events', name, node) as { payload: Schema });
  const tasks = mapValues(model.tasks, (node, name) => paired('tasks', name, node) as LiveTask);
  const flows = mapValues(model.flows, (node, name) => paired('flows', name, node) as RunnableFlow);
  const machines = mapValues(
    model.machines,
    (node, name) => paired('machines', name, node, machineCall) as MachineDefinition & { context: Schema },
  );
  if (differences.length > 0) throw notWhatWasRead(options.source, differences);

  const contracts = {
    events: mapValues(model.events, ({ ttl = '7d', location }, name): AnyEvent =>
      eventContract(name, { payload: events[name]!.payload, ttl, source: sourceOf(location) }),
    ),
    tasks: mapValues(model.tasks, (node, name): AnyTask =>
      taskContract(name, {
        input: tasks[name]!.input,
        output: tasks[name]!.output,
        policy: policyOf(node),
        ...evidenceOf(node, tasks[name]!),
        ...needsOf(node, model.resources),
        ...modelOf(model, node, tasks[name]!.model),
        source: sourceOf(node.location),
      }),
    ),
    flows: mapValues(model.flows, ({ location }, name) => {
      const { input, output } = flows[name]!;
      return flowContract(name, { input, source: sourceOf(location), ...(output && { output }) }) as FlowContract<
        string,
        Schema,
        Schema
      >;
    }),
  };
  const lookup: Lookup = (kind, name) =>
    own<Contract>(contracts[`${kind}s`], name) ?? (kind === 'event' ? failureNamed(name) : undefined);
  const system: BoundSystem = {
    kind: 'bound-system',
    name: model.name,
    version: model.version,
    hash: hashSystem(model),
    source: options.source,
    events: contracts.events,
    tasks: contracts.tasks,
    flows: mapValues(flows, (flow, name): FlowModule =>
      interpretFlow(flow, {
        lookup,
        contract: contracts.flows[name]!,
        hash: hashFlow(model, name),
        source: contracts.flows[name]!.source,
      }),
    ),
    machines: mapValues(machines, (machine, name): BoundMachine => ({
      module: interpretMachine({ ...machine, hash: hashMachine(model, name) }),
      context: machine.context,
    })),
    implementations: mapValues(options.implementations, ({ run }, name): TaskImplementation =>
      Object.freeze({ kind: 'implementation', contract: contracts.tasks[name]!, run }),
    ),
    ...(model.retention === undefined ? {} : { retention: model.retention as Retention }),
    ...(model.budget === undefined ? {} : { budget: model.budget }),
  };
  return { system: Object.freeze(system), paths };

  /** The event that says that a task or flow of the system has failed. */
  function failureNamed(name: string): AnyEvent | undefined {
    const of = failedOf(name) ?? '';
    const failing = own<AnyTask | AnyFlow>(contracts.tasks, of) ?? own(contracts.flows, of);
    return failing && failureOf(failing);
  }
}

/** The definitions that the executed files export, by kind and name. */
function definitionsIn(namespaces: readonly Namespace[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const namespace of namespaces) {
    for (const value of Object.values(namespace)) {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
      const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
      if (typeof kind === 'string' && typeof name === 'string' && !found.has(`${kind}:${name}`))
        found.set(`${kind}:${name}`, value);
    }
  }
  return found;
}

/** A call of a machine: the name of its target, and its argument alone. */
function machineCall(
  { target, argument }: { readonly target: unknown; readonly argument: string },
  live: LiveLambda,
): unknown {
  if (argument === '') return { target };
  return { target, argument: (scope: never) => (live(scope) as { readonly input: unknown }).input };
}

function sourceOf({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`;
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

function notWhatWasRead(source: string, differences: readonly string[]): MillraceError {
  const shown = differences.slice(0, 5).map((difference) => `  ${difference}`);
  const more = differences.length > shown.length ? [`  … and ${differences.length - shown.length} more`] : [];
  return new MillraceError(
    [
      `'${source}' does not give what it says:`,
      ...shown,
      ...more,
      'It was changed while it was loaded, or it changes its own definitions.',
    ].join('\n'),
    {
      code: 'MR1018',
      retryable: false,
      fault: 'user-code',
      details: { differences },
    },
  );
}
