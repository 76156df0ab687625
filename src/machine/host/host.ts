import {
  isReservedEvent,
  messageOf,
  systemClock,
  toErrorRecord,
  type Clock,
  type MillraceError,
} from '../../core/index.ts';
import type { MachineModule, MachineStep, Snapshot } from '../module.ts';
import { Agenda, type Delivery, type Taken } from './agenda.ts';
import { carry, dispatch, stopRun } from './effects.ts';
import { hostError, reportLoudly } from './errors.ts';
import { keyOf, place, type Hosted, type Instance } from './instance.ts';
import type { HostOptions, MachineWithSchemas } from './options.ts';
import { dump } from './persist/dump.ts';
import { contextOf, eventFor } from './schemas.ts';
import { Timers } from './timers.ts';
import { whyUnhandled } from './unhandled.ts';

const afterStep = ' after the step, which is not taken';

/** How deep machines may run machines. */
const deepest = 100;

/** What keeps machines in memory. See `createMachineHost`. */
export class Host {
  readonly options: HostOptions;
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly timers: Timers;
  readonly machines = new Map<string, MachineWithSchemas>();
  readonly instances = new Map<string, Hosted>();
  readonly watchers = new Set<(instance: Instance) => void>();
  /** Ends the flows that outlive the states which started them. */
  readonly started = new AbortController();
  /** By machine, the number that was last given as an id. */
  readonly #numbers = new Map<string, number>();

  constructor(options: HostOptions) {
    this.options = options;
    this.clock = options.clock ?? systemClock();
    this.agenda = new Agenda(this.clock, {
      carryOut: (taken) => this.#carryOut(taken),
      deliver: (delivery) => this.#deliver(delivery),
      failed: (thrown) => {
        const message = `A listener threw: ${messageOf(thrown)}`;
        this.report(hostError('MR3384', message, { fault: 'user-code', cause: thrown }));
      },
    });
    this.timers = new Timers(this.clock, (timer) => {
      const event = dispatch(this, timer);
      if (event !== undefined) this.agenda.first([{ to: timer.owner, event }]);
      this.run();
    });
    for (const each of options.machines) {
      const entry = 'module' in each ? each : { module: each };
      const { name } = entry.module;
      if (this.machines.has(name))
        throw hostError('MR3385', `Two machines of the host are called '${name}'.`, { details: { machine: name } });
      this.machines.set(name, entry);
    }
  }

  /** A new instance, started. What that sets off is still to be done: {@link run}. */
  create(name: string, id: string | undefined, given: unknown, parent?: Hosted, run?: string): Hosted {
    const details = { machine: name, ...(id !== undefined && { instanceId: id }) };
    const entry = this.entry(name);
    if (parent !== undefined && parent.depth >= deepest)
      throw hostError('MR3377', `Machines run machines more than ${deepest} deep, the last of them '${name}'.`, {
        fault: 'user-code',
        details,
      });
    const own = id ?? this.#freeId(name);
    if (this.instances.has(keyOf(name, own))) this.refuseTaken(name, own);
    const now = this.clock.now();
    const context = contextOf(entry, own, given);
    const step = entry.module.start(context, { instanceId: own, now });
    contextOf(entry, own, step.snapshot.context, afterStep);
    const hosted = this.place(entry.module, own, step.snapshot, parent, run);
    this.#take(hosted, step, now);
    return hosted;
  }

  /** @throws MillraceError MR3375 when there is no such machine. */
  entry(name: string): MachineWithSchemas {
    const entry = this.machines.get(name);
    if (entry !== undefined) return entry;
    throw hostError('MR3375', `The host has no machine '${name}'. Name it in 'machines'.`, {
      details: { machine: name },
    });
  }

  /** @throws MillraceError MR3376 always. */
  refuseTaken(name: string, id: string): never {
    throw hostError('MR3376', `There is an instance '${id}' of machine '${name}' already.`, {
      details: { machine: name, instanceId: id },
    });
  }

  place(module: MachineModule<unknown>, id: string, snapshot: Snapshot, parent?: Hosted, run?: string): Hosted {
    const hosted = place(module, id, snapshot, parent, run, {
      send: (event) => {
        if (isReservedEvent(event.name)) {
          const details = { machine: module.name, event: event.name };
          throw hostError('MR3386', `Only machine '${module.name}' itself tells of '${event.name}'.`, { details });
        }
        this.agenda.event({ to: hosted, event: eventFor(this.entry(module.name), event) });
        this.run();
      },
      persist: () => dump(this, [hosted]),
      stop: () => {
        this.#stopByHand(hosted);
        this.run();
      },
    });
    this.instances.set(keyOf(module.name, id), hosted);
    return hosted;
  }

  /** Does everything that can be done now. */
  run(): void {
    this.agenda.run();
    this.timers.arm();
  }

  /** Ends an instance and everything below it, and takes it out. */
  halt(hosted: Hosted): void {
    if (hosted.status === 'active') {
      this.#end(hosted, 'stopped');
      this.changed(hosted);
    }
    this.instances.delete(keyOf(hosted.module.name, hosted.id));
  }

  stop(): void {
    for (const hosted of this.instances.values()) this.halt(hosted);
    this.started.abort();
    this.run();
  }

  /** Tells of what went wrong with an instance. */
  fails(code: string, { module, id }: Hosted, what: string, details: Readonly<Record<string, unknown>>): void {
    this.report(
      hostError(code, `Instance '${id}' of machine '${module.name}': ${what}`, {
        fault: 'user-code',
        details: { machine: module.name, instanceId: id, ...details },
      }),
    );
  }

  report(error: unknown): void {
    const { onError = reportLoudly } = this.options;
    this.agenda.call(() => {
      try {
        onError(error as MillraceError);
      } catch (thrown) {
        reportLoudly(thrown);
      }
    });
  }

  #deliver({ to, event, ends }: Delivery): void {
    if (ends !== undefined) {
      if (to.runs.get(ends.id) !== ends) return;
      to.runs.delete(ends.id);
    }
    if (to.status !== 'active') {
      this.#unhandled(to, event.name, event.payload);
      return;
    }
    const now = this.clock.now();
    let step: MachineStep<unknown>;
    try {
      step = to.module.send(to.snapshot, event, { instanceId: to.id, now });
      // What stands here can be written down and restored, and the code of the machine can trust its types.
      if (step.handled) contextOf(this.entry(to.module.name), to.id, step.snapshot.context, afterStep);
    } catch (thrown) {
      this.report(thrown);
      return;
    }
    if (!step.handled) this.#unhandled(to, event.name, event.payload);
    this.#take(to, step, now);
  }

  #take(of: Hosted, step: MachineStep<unknown>, now: number): void {
    for (const { message, at } of step.errors) this.fails('MR3382', of, `${at} threw: ${message}`, { at });
    if (step.handled) this.agenda.step({ of, step, now });
  }

  #carryOut({ of, step, now }: Taken): void {
    of.snapshot = step.snapshot;
    const first: Delivery[] = [];
    for (const effect of step.effects) {
      const event = carry(this, of, effect, now);
      if (event !== undefined) first.push({ to: of, event });
    }
    this.agenda.first(first);
    if (step.snapshot.status === 'done') this.#end(of, 'done');
    this.changed(of);
  }

  #unhandled(to: Hosted, event: string, payload: unknown): void {
    if (to.status === 'active' && /^error\.(?:run\.|communication$)/.test(event)) {
      const { message } = payload as { readonly message: unknown };
      this.fails('MR3383', to, `'${event}' was not handled: ${messageOf(message)}`, { event, error: payload });
      return;
    }
    const { onUnhandled } = this.options;
    if (onUnhandled === undefined || isReservedEvent(event)) return;
    const available = to.face.available();
    const why = whyUnhandled(to, event);
    this.agenda.call(() =>
      onUnhandled({ instance: to.face, machine: to.module.name, event, payload, available, ...why }),
    );
  }

  #end(hosted: Hosted, status: 'done' | 'stopped'): void {
    hosted.status = status;
    this.timers.drop(hosted);
    for (const id of hosted.runs.keys()) stopRun(this, hosted, id);
    const { parent, run = '', snapshot } = hosted;
    if (parent === undefined) return;
    this.instances.delete(keyOf(hosted.module.name, hosted.id));
    if (status === 'done') this.#endRun(hosted, { name: `done.run.${run}`, payload: snapshot.output });
  }

  /** Whoever runs an instance that somebody else ends has work that failed. */
  #stopByHand(hosted: Hosted): void {
    const { run = '', module, id } = hosted;
    this.halt(hosted);
    const error = hostError('MR3379', `Instance '${id}' of machine '${module.name}' was stopped.`, {
      details: { machine: module.name, instanceId: id },
    });
    this.#endRun(hosted, { name: `error.run.${run}`, payload: toErrorRecord(error) });
  }

  #endRun(hosted: Hosted, event: Delivery['event']): void {
    const { parent, run = '' } = hosted;
    const running = parent?.runs.get(run);
    if (parent !== undefined && running?.child === hosted) this.agenda.event({ to: parent, event, ends: running });
  }

  /** Tells those who listen. */
  changed({ face, listeners, snapshot }: Hosted): void {
    for (const listener of listeners) this.agenda.call(() => listener(snapshot));
    for (const watcher of this.watchers) this.agenda.call(() => watcher(face));
  }

  #freeId(name: string): string {
    let number = this.#numbers.get(name) ?? 0;
    do number += 1;
    while (this.instances.has(keyOf(name, String(number))));
    this.#numbers.set(name, number);
    return String(number);
  }
}
