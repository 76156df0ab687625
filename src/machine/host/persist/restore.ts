import { checkSnapshot } from '../../check-snapshot.ts';
import type { MachineModule, Snapshot } from '../../module.ts';
import { contextOf } from '../schemas.ts';
import { begin } from '../effects.ts';
import { hostError } from '../errors.ts';
import type { Host } from '../host.ts';
import { keyOf, type Asked, type Hosted, type Running } from '../instance.ts';
import type { StoredInstance, StoredWork } from './document.ts';
import { broken, readDocument } from './read.ts';

export interface RestoreOptions {
  /**
   * Lets instances of another version of their machine in, as long as all the states they stand in still exist and can be
   * active together. Timers and work stay those of the old version until their states are left. Default: no.
   */
  readonly acceptChanged?: boolean;
}

/** An instance that may be put back. */
interface Checked {
  readonly stored: StoredInstance;
  readonly module: MachineModule<unknown>;
  readonly snapshot: Snapshot;
  readonly work: readonly { readonly asked: Asked; readonly child?: Checked }[];
}

/**
 * Puts instances back as a document says: all of them, or none.
 *
 * @throws MillraceError MR3370, MR3372, MR3373, MR3374, MR3375, MR3376, MR3330, MR3381: see `MachineHost.restore`.
 */
export function restore(host: Host, given: unknown, { acceptChanged = false }: RestoreOptions): readonly Hosted[] {
  const document = readDocument(given);
  const taken = new Set(host.instances.keys());
  const waiting = new Set<string>();
  const check = (stored: StoredInstance): Checked => {
    const { machine, id } = stored;
    if (taken.has(keyOf(machine, id))) host.refuseTaken(machine, id);
    taken.add(keyOf(machine, id));
    const fit = checkStored(host, stored, acceptChanged);
    if (fit.snapshot.status === 'active') waiting.add(keyOf(machine, id));
    else if (stored.work.length > 0) broken(`${shown(machine, id)} has ended, and has work`);
    return { stored, ...fit, work: stored.work.map((work) => checkWork(stored, work)) };
  };
  const checkWork = (of: StoredInstance, { id, kind, name, input, instance }: StoredWork): Checked['work'][number] => {
    const child = instance && check(instance);
    if (child?.snapshot.status === 'done') broken(`${shown(of.machine, of.id)} runs a machine that has ended`);
    return { asked: { id, target: { kind, name }, input }, ...(child && { child }) };
  };
  const checked = document.instances.map(check);
  for (const { machine, instance } of [...document.timers, ...document.events]) {
    if (waiting.has(keyOf(machine, instance))) continue;
    broken(`it has an event for ${shown(machine, instance)}, which is not active in it`);
  }

  const of = ({ machine, instance }: { readonly machine: string; readonly instance: string }): Hosted =>
    host.instances.get(keyOf(machine, instance)) as Hosted;
  const roots = checked.map((each) => putBack(host, each));
  for (const timer of document.timers) {
    const { id, due, event, target } = timer;
    host.timers.set({ owner: of(timer), id, due, event, target });
  }
  for (const delivery of document.events) {
    const { event, id, ends } = delivery;
    const to = of(delivery);
    host.agenda.event({
      to,
      event,
      ...(id !== undefined && { from: to, id }),
      ...(ends !== undefined && { ends: endedIn(to, ends) }),
    });
  }
  return roots;
}

/** @throws MillraceError when this machine cannot stand where the snapshot says. */
function checkStored(
  host: Host,
  { machine, id, hash, snapshot }: StoredInstance,
  acceptChanged: boolean,
): Pick<Checked, 'module' | 'snapshot'> {
  const entry = host.entry(machine);
  const { module } = entry;
  const details = { machine, instanceId: id };
  const isSame = module.hash === hash;
  if (!isSame && !acceptChanged) {
    const message = `Instance '${id}' was written down by another version of machine '${machine}'. With 'acceptChanged' it is let in as long as its states still exist.`;
    throw hostError('MR3373', message, { details });
  }
  const fit = checkSnapshot(module, snapshot);
  const context = contextOf(entry, id, fit.context);
  // Only a new version has something to fill in.
  return { module, snapshot: isSame ? fit : { ...fit, context } };
}

const shown = (machine: string, id: string): string => `instance '${id}' of machine '${machine}'`;

function putBack(host: Host, { stored, module, snapshot, work }: Checked, parent?: Hosted, run?: string): Hosted {
  const hosted = host.place(module, stored.id, snapshot, parent, run);
  for (const { asked, child } of work) {
    if (child === undefined) begin(host, hosted, asked);
    else {
      const below = putBack(host, child, hosted, asked.id);
      hosted.runs.set(asked.id, { ...asked, controller: new AbortController(), child: below });
    }
  }
  host.changed(hosted);
  return hosted;
}

/** Work that has ended, and whose end is still on its way. */
function endedIn(to: Hosted, id: string): Running {
  const ended: Running = {
    id,
    target: { kind: 'task', name: '' },
    input: undefined,
    controller: new AbortController(),
  };
  if (!to.runs.has(id)) to.runs.set(id, ended);
  return ended;
}
