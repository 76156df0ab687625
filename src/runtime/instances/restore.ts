import { EventError, checkId, type InstanceName, checkFits, vanishedStates } from '../../engine/index.ts';
import { checkSnapshot, type Snapshot } from '../../machine/index.ts';
import type { InstanceRow, Tx } from '../../store/index.ts';
import { checkValue, type BoundMachine } from '../../tasks/index.ts';
import { messageOf } from '../../core/index.ts';
import type { ArmedWork } from './armed.ts';
import { noDocument, readDocument, rowOf, type DocumentWork, type InstanceDocument } from './document.ts';
import { dropAll, freeId } from './effects.ts';
import type { Instances } from './instances.ts';
import { rearm } from './rearm.ts';
import { snapshotOf } from './snapshot.ts';

/** How a document becomes an instance again. */
export interface RestoreOptions {
  /** Its id. Default: as in the document. */
  readonly id?: string;
  /** Replaces an instance of that id: its timers and its work are taken back, its history gives way. */
  readonly force?: boolean;
  /** Takes a document of another version of the machine, if every state that it names is still there. */
  readonly acceptChanged?: boolean;
  /**
   * When timers ring: `due`, at the time that they were set for (at once, where that has passed), or `left`, after the
   * time that was left when the document was written. Default: `due`.
   */
  readonly timers?: 'due' | 'left';
}
export type RestoreAsks = RestoreOptions & { readonly document: unknown };

interface Parent extends InstanceName {
  readonly ref: string;
}

/**
 * Makes an instance of a document: state, context, history, times. Its work begins anew.
 *
 * @throws EventError MR3354, MR3355 no document that can be read; MR3304 unknown machine; MR3305 there is such an
 * instance; MR3356 it is of another version; MR3350, MR3307 that does not fit this version. Nothing was written.
 */
export function restore(instances: Instances, tx: Tx, { document: given, ...options }: RestoreAsks): InstanceName {
  const document = readDocument(given);
  const name = { machine: document.machine, id: options.id ?? document.id };
  checkId(name.id);
  return instances.whole(tx, () => put(instances, tx, name, document, options));
}

function put(
  instances: Instances,
  tx: Tx,
  name: InstanceName,
  document: InstanceDocument,
  options: RestoreOptions,
  parent?: Parent,
): InstanceName {
  const { force = false, acceptChanged = false, timers: when = 'due' } = options;
  const { context } = instances;
  const machine = instances.machine(name.machine);
  const snapshot = fitting(machine, name, document, acceptChanged);
  const old = tx.instances.get(name.machine, name.id);
  if (old !== undefined && !force) {
    throw new EventError(
      'MR3305',
      `There is an instance '${name.id}' of machine '${name.machine}' already. Choose another id, or say { force: true } to replace it.`,
      { details: { ...name } },
    );
  }
  if (old !== undefined) {
    dropAll(instances, tx, old);
    tx.instances.trim(name.machine, name.id, old.seq);
  }
  const now = context.clock.now();
  const timers = document.timers.map((timer) => ({ ...timer, due: when === 'due' ? timer.due : now + timer.left }));
  const row: InstanceRow = {
    ...name,
    status: document.status,
    snapshot: JSON.stringify(snapshot),
    hash: machine.module.hash,
    // Runs that the old one has started have its numbers in their ids.
    seq: old === undefined ? document.sequence : Math.max(old.seq, document.sequence) + 1,
    parentMachine: parent?.machine ?? old?.parentMachine ?? null,
    parentInstance: parent?.id ?? old?.parentInstance ?? null,
    parentRef: parent?.ref ?? old?.parentRef ?? null,
    input: old?.input ?? null,
    armed: document.status === 'active' && timers.length + document.work.length > 0,
    version: context.registry.system.version,
    migrated: document.history.findLast(({ kind }) => kind === 'migration')?.sequence ?? null,
    created: document.createdAt,
    updated: document.updatedAt,
  };
  tx.instances.put(row);
  const { keep } = context.limits(name.machine);
  for (const entry of document.history.slice(-keep)) tx.instances.append(rowOf(row, entry));
  if (row.status === 'active') {
    rearm(instances, tx, row, { timers, work: document.work }, (work: ArmedWork & Partial<DocumentWork>, index) => {
      if (work.document === undefined) return false;
      const child = readDocument(work.document);
      const id = freeId(tx, row, index, child.machine);
      put(
        instances,
        tx,
        { machine: child.machine, id },
        child,
        { ...options, force: false },
        { ...name, ref: work.id },
      );
      return true;
    });
  }
  instances.changed(name, 'restored', old === undefined ? null : snapshotOf(old).state, snapshot.state);
  return name;
}

/** The snapshot of a document, if this version of the machine can stand there. */
function fitting(
  machine: BoundMachine,
  name: InstanceName,
  document: InstanceDocument,
  acceptChanged: boolean,
): Snapshot<unknown> {
  const { module } = machine;
  const { snapshot } = document;
  const changed = document.hash !== module.hash;
  if (changed && !acceptChanged) {
    const vanished = vanishedStates(module, snapshot);
    const which =
      vanished.length === 0
        ? 'All states that it needs are still there: say { acceptChanged: true } to take it.'
        : `This version does not have the state${vanished.length === 1 ? '' : 's'} '${vanished.join("', '")}'.`;
    throw new EventError(
      'MR3356',
      `The document of instance '${document.id}' was written by another version of machine '${name.machine}' (hash ${document.hash.slice(0, 12)}, here ${module.hash.slice(0, 12)}). ${which}`,
      { details: { ...name, states: vanished, hash: document.hash, expected: module.hash } },
    );
  }
  if (changed) checkFits(module, name, snapshot);
  else {
    try {
      checkSnapshot(module, snapshot);
    } catch (cause) {
      throw noDocument(messageOf(cause).replace(/\.$/, ''), cause);
    }
  }
  const read = checkValue(machine.context, snapshot.context);
  if (!read.ok) {
    throw new EventError(
      'MR3307',
      `The context in the document of instance '${name.id}' of machine '${name.machine}' is not valid: ${read.problems}`,
      { details: { ...name } },
    );
  }
  // A newer schema may have filled in what an older one did not know.
  return changed ? { ...snapshot, context: JSON.parse(JSON.stringify(read.value)) as unknown } : snapshot;
}
