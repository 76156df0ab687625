import type { ObjectContext, ObjectSharedContext } from '@restatedev/restate-sdk';

/** The state of a step, and a hash of the key and the input that it belongs to: a step that begins anew has none. JSON. */
export interface Saved {
  readonly for: string;
  /** JSON text. */
  readonly state: string;
}

/** A tool that a step has used. Its result is a text of its own. JSON. */
export interface ToolRow {
  readonly tool: string;
  readonly task: string;
  readonly request: string;
  readonly status: 'succeeded' | 'failed' | 'dropped';
  readonly executions: number;
  readonly replays: number;
  readonly created: number;
}

/** What a step has kept. */
export interface Loaded {
  readonly saved?: Saved;
  /** The keys of results, and of which failed. */
  readonly tools: readonly string[];
}

/** What came of a tool, to be kept. */
export interface KeepAsks {
  readonly key: string;
  readonly row: Omit<ToolRow, 'executions' | 'replays'>;
  /** The outcome, as JSON text. */
  readonly text: string;
}

const rowOf = (key: string): string => `tool ${key}`;
const textOf = (key: string): string => `text ${key}`;

/** What later attempts of the step can find. */
export async function load(ctx: ObjectSharedContext): Promise<Loaded> {
  const saved = await ctx.get<Saved>('state');
  const keys = await ctx.stateKeys();
  const tools = keys.flatMap((key) => (key.startsWith('tool ') ? [key.slice('tool '.length)] : []));
  return { tools, ...(saved === null ? {} : { saved }) };
}

/** Keeps the state of the step in the place of the one before. */
export function save(ctx: ObjectContext, state: unknown): void {
  ctx.set('touched', true);
  ctx.set('state', state);
}

/** Gives a result again, when it is a good one, or failures are wanted, too. */
export async function replay(
  ctx: ObjectContext,
  { key, errors }: { readonly key: string; readonly errors: boolean },
): Promise<string | null> {
  const row = await ctx.get<ToolRow>(rowOf(key));
  if (row === null || !(row.status === 'succeeded' || (row.status === 'failed' && errors))) return null;
  ctx.set('touched', true);
  ctx.set(rowOf(key), { ...row, replays: row.replays + 1 });
  return ctx.get<string>(textOf(key));
}

/** Keeps what came of a tool. */
export async function keep(ctx: ObjectContext, { key, row, text }: KeepAsks): Promise<void> {
  const before = await ctx.get<ToolRow>(rowOf(key));
  ctx.set('touched', true);
  ctx.set(rowOf(key), { ...row, executions: (before?.executions ?? 0) + 1, replays: before?.replays ?? 0 });
  ctx.set(textOf(key), text);
}

/** Nothing that the step has kept is given again; what it did stays known. */
export async function drop(ctx: ObjectContext): Promise<void> {
  ctx.clear('state');
  for (const key of await ctx.stateKeys()) {
    if (key.startsWith('text ')) ctx.clear(key);
    if (!key.startsWith('tool ')) continue;
    const row = await ctx.get<ToolRow>(key);
    if (row !== null) ctx.set(key, { ...row, status: 'dropped' });
  }
}
