import type { RunView } from '../../runtime/index.ts';
import type { Desk } from './desk.ts';
import { calledOff, fromBytes, resultOf, signalOf, type Entry } from './journal.ts';

/**
 * Where a journal can be cut so that whoever goes on from there waits for nothing that comes to another: at `at`, or before
 * the earliest thing that was still waited for then. What tells of its end, a signal, is meant for one invocation only.
 */
export function cutAt({ names }: Pick<Desk, 'names'>, entries: readonly Entry[], at: number): number {
  const waits = entries.flatMap((entry) => {
    const settled = settledAt(names, entries, entry);
    return settled === undefined ? [] : [{ began: entry.index, settled }];
  });
  for (let cut = at; ;) {
    const earliest = Math.min(cut, ...waits.flatMap(({ began, settled }) => (settled >= cut ? [began] : [])));
    if (earliest === cut) return cut;
    cut = earliest;
  }
}

/**
 * Where a run was broken off that has failed at no step of its own: when its time was over, or, where its code threw or it was
 * killed, behind all that it did before it began to end.
 */
export function brokenOffAt(entries: readonly Entry[], { target, error }: Pick<RunView, 'target' | 'error'>): number {
  const rung = error?.code === 'MR3217' ? signalOf(entries, '~timeout') : undefined;
  if (rung !== undefined) return rung.index;
  const limit = entries.find(({ command, name }) => command && name === '~timeout');
  const off = limit && calledOff(entries, limit);
  const ends = (entry: Entry): boolean =>
    entry.type === 'Output' ||
    entry === off ||
    entry.name === `failed.${target}` ||
    /(?:^|\/)~(?:undo|onFailure|ended)/.test(entry.name);
  const last = entries.findLastIndex((entry) => entry.command && !ends(entry));
  return entries.find((entry, index) => index > last && entry.command)?.index ?? entries.length;
}

/** With which entry a wait was over; undefined for what is none. */
function settledAt(names: Desk['names'], entries: readonly Entry[], entry: Entry): number | undefined {
  if (entry.command && entry.type === 'Run') {
    // An attempt that was stopped, or failed, later than that would be the same failure again.
    const result = resultOf(entries, entry);
    return answerOf(entries, entry)?.['ok'] === false ? result?.index : undefined;
  }
  const { Service, VirtualObject } = (entry.command && entry.content.request?.invocation_target) || {};
  const { name = '', handler = '' } = Service ?? VirtualObject ?? {};
  const signal = (): number => signalOf(entries, entry.name)?.index ?? Infinity;
  if (name === names.signals)
    // The time limit of the run is set anew by whoever goes on.
    return entry.name === '~timeout' ? undefined : Math.min(signal(), calledOff(entries, entry)?.index ?? Infinity);
  const asks =
    (name === names.buffers && handler === 'wait') ||
    (name === names.decisions && handler === 'ask') ||
    (name === names.limits && handler === 'enter');
  if (!asks) return undefined;
  const answer = answerOf(entries, entry);
  // Answered at once.
  if (answer?.['came'] !== undefined || (answer?.['state'] !== undefined && answer['state'] !== 'wait'))
    return undefined;
  const left = entries.filter(
    (each) =>
      [entry.name, `${entry.name}~leave`, `${entry.name}~leave2`].includes(each.name) &&
      each.content.request?.invocation_target?.VirtualObject?.handler === 'leave' &&
      answerOf(entries, each)?.['underWay'] !== true,
  );
  return Math.min(signal(), left.at(-1)?.index ?? Infinity);
}

/** What a call has given, if it has. */
function answerOf(entries: readonly Entry[], call: Entry): Readonly<Record<string, unknown>> | undefined {
  const result = resultOf(entries, call)?.content.result;
  const value = result !== undefined && 'Success' in result ? fromBytes(result.Success) : undefined;
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
