import { messageOf, toErrorRecord } from '../../core/index.ts';
import type { Effect, MachineEvent } from '../module.ts';
import type { Host } from './host.ts';
import type { Asked, Hosted, Running } from './instance.ts';
import { publish, reach } from './reach.ts';
import { eventFor } from './schemas.ts';
import type { Timer } from './timers.ts';
import { perform } from './work.ts';

/** Does what a step asks for. Gives what the instance must hear of first when that cannot be done. */
export function carry(host: Host, of: Hosted, effect: Effect, now: number): MachineEvent | undefined {
  switch (effect.type) {
    case 'emit': {
      const { onEmit } = host.options;
      const { event, payload } = effect;
      if (onEmit !== undefined) host.agenda.call(() => onEmit({ event, payload, instance: of.face }));
      try {
        publish(host, event, payload);
      } catch (thrown) {
        host.report(thrown);
      }
      return undefined;
    }
    case 'start':
      start(host, of, effect.flow, effect.input);
      return undefined;
    case 'run':
      stopRun(host, of, effect.id);
      try {
        begin(host, of, effect);
        return undefined;
      } catch (thrown) {
        return { name: `error.run.${effect.id}`, payload: toErrorRecord(thrown) };
      }
    case 'stop':
      stopRun(host, of, effect.id);
      return undefined;
    case 'schedule':
    case 'send': {
      const { id, delay, event } = effect;
      const target = effect.type === 'send' ? effect.target : undefined;
      const timer: Timer = { owner: of, id, due: now + delay, event, target };
      if (delay <= 0) return dispatch(host, timer);
      host.timers.set(timer);
      return undefined;
    }
    case 'unschedule':
      host.timers.drop(of, effect.id);
      host.agenda.takeBack(({ from, id }) => from === of && id === effect.id);
      return undefined;
  }
}

/** Sends an event whose time has come. Gives what the sender must hear of when nobody can be reached. */
export function dispatch(host: Host, { owner, id, event, target }: Timer): MachineEvent | undefined {
  try {
    const delivery =
      target === undefined
        ? { to: owner, event: eventFor(host.entry(owner.module.name), event) }
        : reach(host, owner, target, event);
    host.agenda.event({ ...delivery, from: owner, id });
    return undefined;
  } catch (thrown) {
    const { details, ...record } = toErrorRecord(thrown);
    const facts = {
      ...details,
      ...(target !== undefined && { target }),
      event: event.name,
      ...(id !== undefined && { id }),
    };
    return { name: 'error.communication', payload: { ...record, details: facts } };
  }
}

/** A flow that outlives the state. */
function start(host: Host, of: Hosted, flow: string, input: unknown): void {
  perform(host, flow, input, {
    signal: host.started.signal,
    machine: of.module.name,
    instanceId: of.id,
  }).catch((thrown: unknown) => {
    const details = { flow, error: toErrorRecord(thrown) };
    host.fails('MR3383', of, `the flow '${flow}' that it started failed: ${messageOf(thrown)}`, details);
    host.run();
  });
}

/**
 * Begins work for a state.
 *
 * @throws MillraceError when it is a machine and that cannot be created.
 */
export function begin(host: Host, of: Hosted, { id, target, input }: Asked): void {
  const controller = new AbortController();
  const { name } = of.module;
  if (target.kind === 'machine') {
    const child = host.create(target.name, `${name}:${of.id}:${id}`, input, of, id);
    of.runs.set(id, { id, target, input, controller, child });
    return;
  }
  const running: Running = { id, target, input, controller };
  of.runs.set(id, running);
  const end = (name: string, payload: unknown): void => {
    if (of.runs.get(id) !== running) return;
    host.agenda.event({ to: of, event: { name, payload }, ends: running });
    host.run();
  };
  const { signal } = controller;
  void perform(host, target.name, input, { signal, machine: name, instanceId: of.id, run: id }).then(
    (output) => end(`done.run.${id}`, output),
    (thrown: unknown) => end(`error.run.${id}`, toErrorRecord(thrown)),
  );
}

/** Ends the work of a run, if there is any. */
export function stopRun(host: Host, of: Hosted, id: string): void {
  const running = of.runs.get(id);
  if (running === undefined) return;
  of.runs.delete(id);
  running.controller.abort();
  if (running.child !== undefined) host.halt(running.child);
}
