import { sql, timeOf, type Desk, type Row } from './desk.ts';
import type { RunAsks, RunFailed, RunGives } from '../contract.ts';
import { listed } from './sql.ts';

/** An entry of the journal that Restate keeps of an invocation: something that was asked for, or that came. */
export interface Entry {
  readonly index: number;
  /** Such as `Run`, `Sleep`, `Call`, `Input`, `Output`, `Signal`. */
  readonly type: string;
  readonly command: boolean;
  /** What the code has called it: the path of its step. */
  readonly name: string;
  /** Whose result it is, or will be. */
  readonly completion?: number;
  readonly at: number;
  /** What is in it, as the server writes it. */
  readonly content: Content;
}

/** What of an entry counts here. Bytes are lists of numbers. */
interface Content {
  readonly payload?: readonly number[];
  readonly result?: Result;
  readonly wake_up_time?: number;
  /** When a delayed send is due. */
  readonly invoke_time?: number;
  readonly completion_id?: number;
  readonly result_completion_id?: number;
  readonly invocation_id?: string;
  readonly target_invocation_id?: string;
  readonly id?: unknown;
  readonly request?: {
    readonly invocation_id?: string;
    readonly invocation_target?: {
      readonly Service?: Target;
      readonly VirtualObject?: Target & { readonly key?: string };
    };
    readonly parameter?: readonly number[];
    readonly idempotency_key?: string;
  };
}
interface Target {
  readonly name: string;
  readonly handler: string;
}
type Result =
  | { readonly Success: readonly number[] }
  | {
      readonly Failure: {
        readonly code: number;
        readonly message: string;
        readonly metadata?: readonly { readonly key: string; readonly value: string }[];
      };
    };

/** The journals of several, or only the entries of these types. */
export async function journals(
  desk: Desk,
  ids: readonly string[],
  types?: readonly string[],
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  if (ids.length === 0) return new Map();
  const only = types === undefined ? '' : ` AND entry_type IN ${listed(types)}`;
  const rows = await sql(
    desk,
    `SELECT id, index, entry_type, name, entry_json, appended_at FROM sys_journal WHERE id IN ${listed(ids)}${only} ORDER BY id, index`,
  );
  const grouped = Map.groupBy(rows, (row) => String(row['id']));
  return new Map([...grouped].map(([id, own]) => [id, own.map((row) => entry(desk, row))]));
}

function entry(desk: Desk, row: Row): Entry {
  const [group, type = ''] = String(row['entry_type']).split(': ');
  const content = contentOf(row['entry_json']);
  const completion = content.result_completion_id ?? content.completion_id;
  return {
    index: Number(row['index']),
    type,
    command: group === 'Command',
    name: typeof row['name'] === 'string' ? row['name'] : '',
    at: timeOf(desk, row['appended_at']),
    content,
    ...(completion !== undefined && { completion }),
  };
}

/** What is below the kinds: `{"Notification":{"Completion":{"Run":{…}}}}`. */
function contentOf(written: unknown): Content {
  let inner: unknown = JSON.parse(typeof written === 'string' ? written : '{}');
  for (;;) {
    if (typeof inner !== 'object' || inner === null) return {};
    const [[name, below] = ['', undefined], ...more] = Object.entries(inner) as [string, unknown][];
    if (more.length > 0 || !/^[A-Z]/.test(name)) return inner;
    if (typeof below !== 'object') return {};
    inner = below;
  }
}

/** What bytes say that are JSON; undefined for none, and for what is none. */
export function fromBytes(bytes: readonly number[] | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** What a run was asked for with. */
export function asksOf(entries: readonly Entry[]): RunAsks | undefined {
  const input = entries.find(({ command, type }) => command && type === 'Input');
  const asks = fromBytes(input?.content.payload);
  return typeof asks === 'object' && asks !== null ? (asks as RunAsks) : undefined;
}

/** How a run has ended, as its own code said; undefined where it did not get to say anything. */
export type Ended =
  | { readonly ok: true; readonly gives: RunGives }
  | { readonly ok: false; readonly failed: RunFailed | undefined };

/** The end that a journal tells of. */
export function endOf(entries: readonly Entry[]): Ended | undefined {
  const output = entries.findLast(({ command, type }) => command && type === 'Output');
  const result = output?.content.result;
  return result === undefined ? undefined : ended(result);
}

function ended(result: Result): Ended {
  if ('Success' in result) return { ok: true, gives: (fromBytes(result.Success) ?? {}) as RunGives };
  return { ok: false, failed: failedIn(result) };
}

/** What a run has failed with, as its own code said. */
export function failedIn(result: Result | undefined): RunFailed | undefined {
  if (result === undefined || 'Success' in result) return undefined;
  const metadata = result.Failure.metadata?.find(({ key }) => key === 'millrace')?.value;
  if (metadata === undefined) return undefined;
  try {
    return JSON.parse(metadata) as RunFailed;
  } catch {
    return undefined;
  }
}

/** The result of a command, if it has come. */
export function resultOf(entries: readonly Entry[], { completion }: Entry): Entry | undefined {
  if (completion === undefined) return undefined;
  return entries.find((each) => !each.command && each.type !== 'CallInvocationId' && each.completion === completion);
}

/** The signal of this name, if it has come. */
export function signalOf(entries: readonly Entry[], name: string): Entry | undefined {
  return entries.find(({ command, content: { id } }) => !command && signalName(id) === name);
}

/** `{"Signal":{"id":{"Name":"…"}}}` */
const signalName = (id: unknown): unknown =>
  typeof id === 'object' && id !== null ? Reflect.get(id, 'Name') : undefined;

/** Where a timer was called off, if it was. */
export function calledOff(entries: readonly Entry[], timer: Entry): Entry | undefined {
  const id = timer.content.request?.invocation_id;
  return id === undefined ? undefined : entries.find(({ content }) => content.target_invocation_id === id);
}
