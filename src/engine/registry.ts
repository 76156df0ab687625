import {
  failureOf,
  type AnyEvent,
  type AnyFlow,
  type AnyTask,
  type Call,
  type Contract,
  type FailureScope,
  type FlowModule,
  type Host,
  type Schema,
} from '../flow/index.ts';
import { failedOf, failureName, type Duration } from '../core/index.ts';
import type { BoundMachine, BoundSystem, TaskContext, TaskImplementation } from '../tasks/index.ts';
import { checkSchedule } from './cron.ts';
import { RunError } from './errors.ts';

/** What a run runs: a compiled flow, or a single task in the shape of one. */
export interface Program {
  readonly target: string;
  readonly hash: string;
  readonly registered: boolean;
  /** `file:line:column` of the declaration. */
  readonly source: string;
  /** Absent: the input is handed over as it was written. */
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  readonly timeout: Duration | undefined;
  readonly onFailure: ((scope: FailureScope<unknown>) => Call<unknown>) | undefined;
  run(host: Host, input: unknown): Promise<unknown>;
}

/** The code of a task without its contract. */
export type TaskCode = (input: never, context: TaskContext) => unknown;

/** Everything that runs can refer to by name. */
export class Registry {
  readonly system: BoundSystem;
  readonly implementations: Map<string, TaskImplementation>;
  readonly #flows: Map<string, FlowModule>;
  readonly #registered = new Set<string>();
  /** The tasks that a model performs. */
  readonly #performed = new Set<string>();
  /** The events that somebody in the code takes: failures are published only for these. */
  readonly #heard = new Set<string>();
  readonly #indexed = new Map<string, Map<string, readonly string[]>>();
  readonly #fields = new Map<string, Map<string, readonly string[]>>();

  constructor(system: BoundSystem) {
    this.system = system;
    this.implementations = new Map(Object.entries(system.implementations));
    this.#flows = new Map(Object.entries(system.flows));
    for (const flow of this.#flows.values()) {
      checkSchedule(flow);
      this.#listen(flow);
    }
    for (const { module } of this.machines()) for (const event of Object.keys(module.events)) this.hear(event);
  }

  #listen({ on, waits }: FlowModule): void {
    if (on !== undefined) this.hear(on.contract);
    for (const { event } of waits) this.hear(event);
  }

  event(name: string): AnyEvent | undefined {
    const declared = own(this.system.events, name);
    const of = declared === undefined ? failedOf(name) : undefined;
    if (of === undefined) return declared;
    const failing = this.task(of) ?? this.flow(of)?.contract;
    return failing && failureOf(failing);
  }

  /** The event to publish when this task or flow has failed for good, if anybody has asked for it. */
  failure(of: AnyTask | AnyFlow): AnyEvent | undefined {
    const name = failureName(of.contract);
    return this.#heard.has(name) || (this.#indexed.get(name)?.size ?? 0) > 0 ? failureOf(of) : undefined;
  }

  /** Somebody takes this event from now on. */
  hear(event: string): void {
    this.#heard.add(event);
  }

  task(name: string): AnyTask | undefined {
    return own(this.system.tasks, name);
  }

  machine(name: string): BoundMachine | undefined {
    return own(this.system.machines, name);
  }

  flow(name: string): FlowModule | undefined {
    return this.#flows.get(name);
  }

  contract(kind: 'event' | 'task' | 'flow', name: string): Contract | undefined {
    return kind === 'flow' ? this.flow(name)?.contract : this[kind](name);
  }

  flows(): Iterable<FlowModule> {
    return this.#flows.values();
  }

  machines(): readonly BoundMachine[] {
    return Object.values(this.system.machines);
  }

  /** Gives tasks their code: all of them, or none when a name is unknown. @throws RunError MR3219. */
  implement(implementations: Readonly<Record<string, TaskImplementation | TaskCode>>): void {
    const found = Object.entries(implementations).map(([name, given]): [string, TaskImplementation] => {
      const contract = this.task(name);
      if (contract === undefined) {
        throw new RunError(
          'MR3219',
          `The system '${this.system.name}' has no task '${name}'. It has: ${Object.keys(this.system.tasks).join(', ')}.`,
        );
      }
      if (typeof given !== 'function') return [name, given];
      return [name, { kind: 'implementation', contract, run: given as TaskImplementation['run'] }];
    });
    for (const [name, implementation] of found) {
      this.implementations.set(name, implementation);
      this.#performed.delete(name);
    }
  }

  /** A model performs a task, as long as no code is registered for it. */
  performed(name: string, implementation: TaskImplementation): void {
    this.implementations.set(name, implementation);
    this.#performed.add(name);
  }

  isPerformed(name: string): boolean {
    return this.#performed.has(name);
  }

  /** @throws RunError MR3231 when its schedule cannot be read. */
  register(flow: FlowModule): void {
    checkSchedule(flow);
    this.#flows.set(flow.contract.contract, flow);
    this.#registered.add(flow.contract.contract);
    this.#listen(flow);
    this.#fields.clear();
  }

  program(kind: 'flow' | 'task', target: string): Program | undefined {
    if (kind === 'flow') {
      const flow = this.#flows.get(target);
      return flow && flowProgram(flow, this.#registered.has(target));
    }
    const task = this.task(target);
    return task && taskProgram(task);
  }

  /** The sets of payload fields by which events of this name are indexed in the database. */
  indexed(event: string): Map<string, readonly string[]> {
    let sets = this.#indexed.get(event);
    if (sets === undefined) this.#indexed.set(event, (sets = new Map()));
    return sets;
  }

  /** The sets of payload fields on which something may wait for this event, each sorted. */
  fields(event: string): Iterable<readonly string[]> {
    let sets = this.#fields.get(event);
    if (sets === undefined) {
      sets = new Map();
      for (const flow of this.#flows.values()) {
        for (const wait of flow.waits) {
          const fields = [...wait.fields].sort();
          if (wait.event === event) sets.set(fields.join(), fields);
        }
      }
      this.#fields.set(event, sets);
    }
    // What is waited for by flows that the code no longer has, or did not announce.
    for (const [key, fields] of this.indexed(event)) sets.set(key, fields);
    return sets.values();
  }
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function flowProgram(flow: FlowModule, registered: boolean): Program {
  return {
    target: flow.contract.contract,
    hash: flow.hash,
    registered,
    source: flow.contract.source,
    input: flow.contract.input,
    output: flow.contract.output,
    timeout: flow.timeout,
    onFailure: flow.onFailure,
    run: (host, input) => flow.run(host, input),
  };
}

/** The step of a run that consists of one task. */
export const taskStep = 'task';

function taskProgram(task: AnyTask): Program {
  const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(task.source) ?? [];
  return {
    target: task.contract,
    hash: '',
    registered: false,
    source: task.source,
    // The step parses the input, and once is enough: a transform need not accept its own output.
    input: undefined,
    output: undefined,
    timeout: undefined,
    onFailure: undefined,
    run: (host, input) =>
      host.step(taskStep, () => ({ contract: task, input }), { at: `${Number(line)}:${Number(column)}` }),
  };
}
