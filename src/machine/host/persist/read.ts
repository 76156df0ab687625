import { messageOf } from '../../../core/index.ts';
import type { Snapshot } from '../../module.ts';
import { hostError } from '../errors.ts';
import {
  format,
  formatVersion,
  type HostDocument,
  type StoredDelivery,
  type StoredInstance,
  type StoredTimer,
  type StoredWork,
} from './document.ts';

/**
 * Reads a document, or its JSON text. What its snapshots say is not looked at.
 *
 * @throws MillraceError MR3370 when it is none, MR3372 when its format is of a version that is not known.
 */
export function readDocument(given: unknown): HostDocument {
  const all = fieldsOf(typeof given === 'string' ? parsed(given) : given, '');
  if (all.value['format'] !== format) broken(`its 'format' is not '${format}'`);
  const version = all.value['formatVersion'];
  if (version !== formatVersion) {
    const message = `The format version of these instances is ${JSON.stringify(version)}; this Millrace reads ${formatVersion}. Use the Millrace that wrote them, or a newer one.`;
    throw hostError('MR3372', message, { details: { formatVersion: version } });
  }
  return {
    format,
    formatVersion,
    instances: list(all, 'instances', instanceIn),
    timers: list(all, 'timers', timerIn),
    events: list(all, 'events', (fields): StoredDelivery => ({ ...eventIn(fields), ends: maybe(fields, 'ends') })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    return broken(`it is not JSON (${messageOf(thrown)})`);
  }
}

function instanceIn(fields: Fields): StoredInstance {
  return {
    machine: text(fields, 'machine'),
    id: text(fields, 'id'),
    hash: text(fields, 'hash'),
    // Which it is only if the machine says so.
    snapshot: fields.value['snapshot'] as Snapshot,
    work: list(fields, 'work', workIn),
  };
}

function workIn(fields: Fields): StoredWork {
  const { kind, input, instance } = fields.value;
  if (kind !== 'flow' && kind !== 'task' && kind !== 'machine') return broken(`'${fields.at}kind' is no kind of work`);
  return {
    id: text(fields, 'id'),
    kind,
    name: text(fields, 'name'),
    input,
    instance: kind === 'machine' ? instanceIn(fieldsOf(instance, `${fields.at}instance`)) : undefined,
  };
}

function timerIn(fields: Fields): StoredTimer {
  const { due } = fields.value;
  if (typeof due !== 'number' || !Number.isFinite(due)) return broken(`'${fields.at}due' is no time`);
  return { ...eventIn(fields), due, target: maybe(fields, 'target') };
}

function eventIn(fields: Fields) {
  const event = fieldsOf(fields.value['event'], `${fields.at}event`);
  return {
    machine: text(fields, 'machine'),
    instance: text(fields, 'instance'),
    event: { name: text(event, 'name'), payload: event.value['payload'] },
    id: maybe(fields, 'id'),
  };
}

/** An object in its place. */
interface Fields {
  readonly value: Readonly<Record<string, unknown>>;
  /** What the paths of its fields begin with. */
  readonly at: string;
}

function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { value: value as Fields['value'], at: at && `${at}.` };
  return broken(`${at ? `'${at}'` : 'it'} is no object`);
}

function list<Item>({ value, at }: Fields, key: string, read: (fields: Fields) => Item): readonly Item[] {
  const items = value[key];
  if (!Array.isArray(items)) return broken(`'${at}${key}' is no list`);
  // With its holes, which JSON does not have, but an object may.
  return Array.from(items, (item, index) => read(fieldsOf(item, `${at}${key}[${index}]`)));
}

function text({ value, at }: Fields, key: string): string {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : broken(`'${at}${key}' is no name`);
}

function maybe(fields: Fields, key: string): string | undefined {
  return fields.value[key] === undefined ? undefined : text(fields, key);
}

export function broken(why: string): never {
  throw hostError('MR3370', `This is not what a host wrote down: ${why}.`);
}
