import { messageOf } from '../../../core/index.ts';
import type { MachineEvent, Snapshot } from '../../module.ts';
import { hostError } from '../errors.ts';
import { format, formatVersion, type HostDocument, type StoredInstance, type StoredWork } from './document.ts';

/**
 * Reads a document, or its JSON text. What its snapshots say is not looked at.
 *
 * @throws MillraceError MR3370 when it is none, MR3372 when its format is of a version that is not known.
 */
export function readDocument(given: unknown): HostDocument {
  const all = fields(typeof given === 'string' ? parsed(given) : given, 'it');
  if (all['format'] !== format) broken(`its 'format' is not '${format}'`);
  if (all['formatVersion'] !== formatVersion) {
    const version = JSON.stringify(all['formatVersion']);
    const message = `The format version of these instances is ${version}; this Millrace reads ${formatVersion}. Use the Millrace that wrote them, or a newer one.`;
    throw hostError('MR3372', message, { details: { formatVersion: all['formatVersion'] } });
  }
  return {
    format,
    formatVersion,
    instances: list(all['instances'], 'instances').map((each, index) => instanceIn(each, `instances[${index}]`)),
    timers: list(all['timers'], 'timers').map((each, index) => {
      const at = `timers[${index}]`;
      const { due, target } = fields(each, at);
      if (typeof due !== 'number' || !Number.isFinite(due)) return broken(`'${at}.due' is no time`);
      return { ...eventIn(each, at), due, ...maybe('target', target, at) };
    }),
    events: list(all['events'], 'events').map((each, index) => {
      const at = `events[${index}]`;
      return { ...eventIn(each, at), ...maybe('ends', fields(each, at)['ends'], at) };
    }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return broken(`it is not JSON (${messageOf(thrown)})`);
  }
}

function instanceIn(value: unknown, at: string): StoredInstance {
  const { machine, id, hash, snapshot, work } = fields(value, at);
  return {
    machine: text(machine, `${at}.machine`),
    id: text(id, `${at}.id`),
    hash: text(hash, `${at}.hash`),
    // Which it is only if the machine says so.
    snapshot: snapshot as Snapshot,
    work: list(work, `${at}.work`).map((each, index) => workIn(each, `${at}.work[${index}]`)),
  };
}

function workIn(value: unknown, at: string): StoredWork {
  const { id, kind, name, input, instance } = fields(value, at);
  if (kind !== 'flow' && kind !== 'task' && kind !== 'machine') return broken(`'${at}.kind' is no kind of work`);
  const work: StoredWork = {
    id: text(id, `${at}.id`),
    kind,
    name: text(name, `${at}.name`),
    ...(input !== undefined && { input }),
  };
  return kind === 'machine' ? { ...work, instance: instanceIn(instance, `${at}.instance`) } : work;
}

function eventIn(value: unknown, at: string) {
  const { machine, instance, event, id } = fields(value, at);
  const { name, payload } = fields(event, `${at}.event`);
  const read: MachineEvent = { name: text(name, `${at}.event.name`), payload };
  return {
    machine: text(machine, `${at}.machine`),
    instance: text(instance, `${at}.instance`),
    event: read,
    ...maybe('id', id, at),
  };
}

function fields(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return broken(at === 'it' ? 'it is no object' : `'${at}' is no object`);
}

function list(value: unknown, at: string): readonly unknown[] {
  // Without its holes, which JSON does not have, but an object may.
  return Array.isArray(value) ? Array.from(value) : broken(`'${at}' is no list`);
}

function text(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? value : broken(`'${at}' is no name`);
}

function maybe<Key extends string>(key: Key, value: unknown, at: string): { readonly [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: text(value, `${at}.${key}`) }) as { readonly [K in Key]?: string };
}

export function broken(why: string): never {
  throw hostError('MR3370', `This is not what a host wrote down: ${why}.`);
}
