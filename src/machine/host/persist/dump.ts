import { messageOf, notJson } from '../../../core/index.ts';
import { hostError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Hosted, Running } from '../instance.ts';
import { format, formatVersion, type HostDocument, type StoredInstance, type StoredWork } from './document.ts';

/**
 * Writes instances down with all that they run: a copy, which later steps do not change.
 *
 * @throws MillraceError MR3371 when something of it is not JSON.
 */
export function dump(host: Host, roots: readonly Hosted[]): HostDocument {
  const { timers, agenda } = host;
  const written = new Set<Hosted>();
  const ended = new Set(agenda.events.map(({ ends }) => ends));
  const workOf = ({ id, target, input, child }: Running): StoredWork => ({
    id,
    ...target,
    input,
    instance: child && instanceOf(child),
  });
  const instanceOf = (hosted: Hosted): StoredInstance => {
    written.add(hosted);
    const { module, id, snapshot, runs } = hosted;
    const work = [...runs.values()].filter((running) => !ended.has(running)).map(workOf);
    return { machine: module.name, id, hash: module.hash, snapshot, work };
  };
  const whose = ({ module, id }: Hosted) => ({ machine: module.name, instance: id });
  return copyOf({
    format,
    formatVersion,
    instances: roots.map(instanceOf),
    timers: timers.all
      .filter(({ owner }) => written.has(owner))
      .map(({ owner, id, due, event, target }) => ({
        ...whose(owner),
        due,
        event,
        id,
        target,
      })),
    events: agenda.events
      .filter(({ to }) => written.has(to) && to.status === 'active')
      .map(({ to, event, from, id, ends }) => ({
        ...whose(to),
        event,
        id: from === to ? id : undefined,
        ends: ends?.id,
      })),
  });
}

function copyOf(document: HostDocument): HostDocument {
  const problem = problemOf(document);
  if (problem === undefined) return JSON.parse(JSON.stringify(document)) as HostDocument;
  throw hostError('MR3371', `The instances cannot be written down: ${problem}.`, { fault: 'user-code' });
}

function problemOf(document: HostDocument): string | undefined {
  try {
    return notJson(document);
  } catch (thrown) {
    return messageOf(thrown);
  }
}
