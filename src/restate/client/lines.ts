import type { Desk } from './desk.ts';
import { failedIn, fromBytes, type Entry } from './journal.ts';
import { taskOf } from '../host/task/record.ts';
import { cameIn, commandsOf, dueOf, left, recordIn, type Command } from './steps.ts';

/** Something that happened in a run, in the words in which the embedded engine keeps its journal. */
export interface JournalLine {
  /** The number of its entry in Restate's journal. */
  readonly seq: number;
  readonly at: number;
  readonly kind:
    | 'started'
    | 'called'
    | 'sleeping'
    | 'waiting'
    | 'asked'
    | 'emitted'
    | 'completed'
    | 'failed'
    | 'retrying'
    | 'slept'
    | 'received'
    | 'decided'
    | 'timedOut'
    | 'cancelled';
  readonly path: string;
  /** The task, flow or event. */
  readonly name?: string;
  readonly attempt: number;
  readonly data?: unknown;
}

type Said = Pick<JournalLine, 'kind'> & { readonly data?: unknown; readonly at?: number; readonly name?: string };

/** What a journal tells, in order. */
export function linesOf(desk: Desk, entries: readonly Entry[]): JournalLine[] {
  const commands = commandsOf(desk, entries);
  const retried = new Set(
    commands.flatMap(({ does, path, attempt }) => (does === 'pause' ? [`${path} ${attempt}`] : [])),
  );
  return commands
    .flatMap((command) => {
      const { entry, result, path, attempt, target } = command;
      const line = (said: Said, seq: number, at: number): JournalLine => ({
        seq,
        at: said.at ?? at,
        kind: said.kind,
        path,
        ...((said.name ?? target) === undefined ? {} : { name: said.name ?? target }),
        attempt: tried(command) ? attempt : 0,
        ...(said.data === undefined ? {} : { data: said.data }),
      });
      const begun = begin(command);
      const ended = end(command, entries, retried.has(`${path} ${attempt + 1}`));
      return [
        ...(begun === undefined ? [] : [line(begun, entry.index, entry.at)]),
        ...(ended === undefined ? [] : [line(ended, result?.index ?? entry.index, result?.at ?? entry.at)]),
      ];
    })
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
}

const tried = ({ does }: Command): boolean => does === 'attempt' || does === 'child';

/** What is asked for is told once, at the first try. */
function begin({ entry, result, attempt, does }: Command): Said | undefined {
  switch (does) {
    case 'attempt': {
      const { asked } = recordIn(result);
      if (result !== undefined && asked === undefined) return undefined;
      return attempt > 1 ? undefined : { kind: 'started', ...(asked === undefined ? {} : { name: taskOf(asked) }) };
    }
    case 'child': {
      const asks = fromBytes(entry.content.request?.parameter) as { readonly input?: unknown } | undefined;
      return { kind: 'called', data: asks?.input };
    }
    case 'sleep':
      return { kind: 'sleeping', data: dueOf(entry) };
    case 'receive':
      return attempt > 1 ? undefined : { kind: 'waiting' };
    case 'approve': {
      const { message, form, until } = (fromBytes(entry.content.request?.parameter) ?? {}) as Readonly<
        Record<string, unknown>
      >;
      return { kind: 'asked', data: { message, form, until } };
    }
    case 'emit': {
      const { emitted: [event] = [] } = recordIn(result);
      return { kind: 'emitted', ...(event === undefined ? {} : { name: event.event, data: event.payload }) };
    }
    case 'pause':
      return undefined;
  }
}

function end(command: Command, entries: readonly Entry[], again: boolean): Said | undefined {
  const { result, does } = command;
  switch (does) {
    case 'attempt': {
      const { asked, ok, output, error, at } = recordIn(result);
      if (asked === undefined || ok === undefined) return undefined;
      const facts = { name: taskOf(asked), ...(at === undefined ? {} : { at }) };
      if (ok) return { ...facts, kind: 'completed', data: output };
      return again ? { ...facts, kind: 'retrying', data: { error } } : { ...facts, kind: 'failed', data: error };
    }
    case 'child': {
      const gave = result?.content.result;
      if (gave === undefined) return undefined;
      if ('Success' in gave) {
        const { output } = (fromBytes(gave.Success) ?? {}) as { readonly output?: unknown };
        return { kind: 'completed', data: output };
      }
      return {
        kind: 'failed',
        data: failedIn(gave)?.error,
      };
    }
    case 'sleep': {
      if (result !== undefined) return { kind: 'slept' };
      const gone = left(command, entries);
      return gone === undefined ? undefined : { kind: 'cancelled', at: gone.endedAt };
    }
    case 'receive':
    case 'approve': {
      const came = cameIn(command, entries);
      if (came !== undefined)
        return does === 'receive'
          ? { kind: 'received', data: { payload: came.value }, at: came.at }
          : { kind: 'decided', data: came.value, at: came.at };
      const gone = left(command, entries);
      if (gone === undefined) return undefined;
      return { kind: gone.status === 'failed' ? 'timedOut' : 'cancelled', at: gone.endedAt };
    }
    case 'emit':
    case 'pause':
      return undefined;
  }
}
