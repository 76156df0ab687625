import type { JournalKind, JournalRow, RunRow } from 'millrace/store';
import type { Entry } from '../../../src/restate/client/journal.ts';
import { fromBytes } from '../../../src/restate/client/journal.ts';
import type { Trace } from './traced.ts';

/** A run as it has ended, with all that is known of it. */
export interface Ended {
  readonly id: string;
  readonly invocation: string;
  readonly target: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly output: string | null;
  readonly error:
    | { readonly message: string; readonly code: string; readonly details?: { readonly run?: string } }
    | undefined;
  readonly input: string | null;
  readonly trace: Trace;
  readonly journal: readonly Entry[];
}

/** How far a step got, by the journal of Restate. */
function triesOf(journal: readonly Entry[], path: string): { readonly tries: number; readonly waits: number } {
  let tries = 0;
  let waits = 0;
  for (const { command, type, name } of journal) {
    if (!command || !name.startsWith(path)) continue;
    const rest = name.slice(path.length);
    if (type === 'Run' && rest === '') tries = Math.max(tries, 1);
    if (type === 'Run' && /^~\d+$/.test(rest)) tries = Math.max(tries, Number(rest.slice(1)));
    // In a part that may be stopped it is a timer.
    if ((type === 'Sleep' || type === 'OneWayCall') && /^~wait\d+$/.test(rest)) waits++;
  }
  return { tries, waits };
}

/** The event that a wait has got: in the answer of its buffer, or by its signal. */
function eventOf(journal: readonly Entry[], path: string): string | undefined {
  const found: (string | undefined)[] = [];
  for (const { name, type, content, command, completion } of journal) {
    const signal = (content.id as { readonly Name?: string } | undefined)?.Name;
    // A second round of the same wait has a number.
    if (type === 'Signal' && signal?.startsWith(path) === true && /^(~\d+)?$/.test(signal.slice(path.length)))
      found.push(idIn(content.result));
    if (!command || type !== 'Call' || !name.startsWith(path) || !/^(~\d+)?$/.test(name.slice(path.length))) continue;
    const answer = journal.find((each) => !each.command && each.type === 'Call' && each.completion === completion);
    found.push(idIn(answer?.content.result));
  }
  return found.findLast((id) => id !== undefined);
}

function idIn(result: Entry['content']['result']): string | undefined {
  if (result === undefined || !('Success' in result)) return undefined;
  const said = fromBytes(result.Success) as
    | { readonly event?: { readonly id: string }; readonly came?: { readonly event: { readonly id: string } } }
    | undefined;
  return said?.event?.id ?? said?.came?.event.id;
}

/** The lines that the embedded engine would have written of it. */
export function linesOf(run: Ended, children: ReadonlyMap<string, Ended>): readonly JournalRow[] {
  const { trace, journal, status, error } = run;
  const lines: JournalRow[] = [];
  const add = (kind: JournalKind, path: string, data: string | null = null, attempt = 0): void => {
    const seq = lines.length + 1;
    lines.push({ run: run.id, seq, at: 0, kind, path, name: null, attempt, place: null, data } as JournalRow);
  };
  const reason =
    status === 'cancelled' ? 'cancel' : error?.code === 'MR3217' && error.details?.run === run.id ? 'timeout' : 'error';
  const stopping = (): void => {
    if (status !== 'completed') add('stopping', '', JSON.stringify({ reason }));
  };
  for (const [index, { kind, path, data, message }] of trace.seen.entries()) {
    if (index === trace.end) stopping();
    const child = children.get(`${run.id}/${path}`);
    const isChild = child !== undefined;
    switch (kind) {
      case 'started': {
        const { tries, waits } = triesOf(journal, path);
        if (tries === 0) break;
        add(kind, path);
        for (let attempt = 1; attempt <= waits; attempt++) add('retrying', path, null, attempt);
        break;
      }
      case 'called':
        if (isChild) add(kind, path);
        break;
      case 'completed': {
        if (isChild) add(kind, path, child.output);
        else add(kind, path, JSON.stringify(data), triesOf(journal, path).tries);
        break;
      }
      case 'failed':
        add(kind, path, JSON.stringify({ message }));
        break;
      case 'received': {
        const { n } = data as { readonly n: number };
        add(kind, path, JSON.stringify({ key: `{"n":${n}}`, event: eventOf(journal, path), payload: data }));
        break;
      }
      default:
        add(kind, path, data === undefined ? null : String(data));
    }
  }
  if (trace.end === trace.seen.length) stopping();
  return lines;
}

/** What of a run's row the reference reads. */
export function rowOf({ id, target, status, output, error, input }: Ended, parentPath: string | null): RunRow {
  return {
    id,
    target,
    status,
    output,
    error: error === undefined ? null : JSON.stringify(error),
    input,
    parentPath,
    since: 0,
  } as RunRow;
}
