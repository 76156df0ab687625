import { setTimeout as sleep } from 'node:timers/promises';
import { headerKey } from '../ingress/header-key.ts';
import { again, isThere, remember, sql, timeOf, type Desk, type Row } from './desk.ts';
import { listed, quoted } from './sql.ts';

/** What the server knows of the invocation of a run. */
export interface Invocation {
  readonly id: string;
  readonly kind: 'flow' | 'task';
  /** The flow or task. */
  readonly target: string;
  /** Absent of one that was begun again. */
  readonly key?: string;
  readonly status: string;
  readonly created: number;
  readonly modified: number;
  readonly completed?: number;
  /** `[409] …` of one that did not come to its end. */
  readonly failure?: string;
  readonly deployment?: string;
  readonly restartedFrom?: string;
  /** Why its newest attempt failed, while it is tried again. */
  readonly lastFailure?: string;
  readonly lastFailureCode?: string;
  /** The path of the step that it failed at, where it was one. */
  readonly lastFailureAt?: string;
  /** When its newest attempt began. */
  readonly lastBegun?: number;
  /** How often it was begun or begun again since it last rested. */
  readonly attempts: number;
}

const columns = [
  'id',
  'target_service_name',
  'idempotency_key',
  'status',
  'created_at',
  'modified_at',
  'completed_at',
  'completion_failure',
  'pinned_deployment_id',
  'restarted_from',
  'last_failure',
  'last_failure_error_code',
  'last_failure_related_command_name',
  'last_start_at',
  'retry_count',
].join(', ');

/** The services that run flows and tasks of a system, with what they run. */
function targets({ flows, tasks, names }: Desk): ReadonlyMap<string, Pick<Invocation, 'kind' | 'target'>> {
  return new Map<string, Pick<Invocation, 'kind' | 'target'>>([
    ...flows.map((target) => [names.flow(target), { kind: 'flow' as const, target }] as const),
    ...tasks.map((target) => [names.task(target), { kind: 'task' as const, target }] as const),
  ]);
}

/** That an invocation is of a run of this system, or of these flows or tasks of it. */
export function isRun({ names }: Desk, target?: string): string {
  const services =
    target === undefined
      ? ['flows', 'tasks'].map((kind) => `starts_with(target_service_name, '${names.system}.${kind}.')`)
      : [names.flow(target), names.task(target)].map((name) => `target_service_name = ${quoted(name)}`);
  return `target_handler_name = 'run' AND (${services.join(' OR ')})`;
}

/** The invocations that are so, as SQL says it. */
export async function invocations(desk: Desk, where: string, rest = ''): Promise<readonly Invocation[]> {
  const known = targets(desk);
  const rows = await sql(desk, `SELECT ${columns} FROM sys_invocation WHERE ${where} ${rest}`);
  return rows.map((row) => invocation(desk, row, known));
}

function invocation(desk: Desk, row: Row, known: ReturnType<typeof targets>): Invocation {
  const service = String(row['target_service_name']);
  const text = (name: string): string | undefined => (typeof row[name] === 'string' ? row[name] : undefined);
  const key = text('idempotency_key');
  const completed = text('completed_at');
  const failure = text('completion_failure');
  const deployment = text('pinned_deployment_id');
  const restartedFrom = text('restarted_from');
  const lastFailure = text('last_failure');
  const lastFailureCode = text('last_failure_error_code');
  const lastFailureAt = text('last_failure_related_command_name');
  const lastBegun = text('last_start_at');
  return {
    id: String(row['id']),
    // A flow of another version of the system: its name is as Restate has it.
    ...(known.get(service) ?? {
      kind: service.split('.')[1] === 'tasks' ? 'task' : 'flow',
      target: service.split('.')[2] ?? service,
    }),
    status: String(row['status']),
    created: timeOf(desk, row['created_at']),
    modified: timeOf(desk, row['modified_at']),
    attempts: Number(row['retry_count'] ?? 0),
    ...(key !== undefined && { key }),
    ...(completed !== undefined && { completed: timeOf(desk, completed) }),
    ...(failure !== undefined && { failure }),
    ...(deployment !== undefined && { deployment }),
    ...(restartedFrom !== undefined && { restartedFrom }),
    ...(lastFailure !== undefined && { lastFailure }),
    ...(lastFailureCode !== undefined && { lastFailureCode }),
    ...(lastFailureAt !== undefined && lastFailureAt !== '' && { lastFailureAt }),
    ...(lastBegun !== undefined && { lastBegun: timeOf(desk, lastBegun) }),
  };
}

/** The invocation that a run is now, after those that it was before it was retried. */
export interface Found {
  readonly invocation: Invocation;
  /** How often it was retried. */
  readonly restarts: number;
}

/** The run of this id, if there is one. */
export async function findRun(desk: Desk, run: string): Promise<Found | undefined> {
  let found = await firstOf(desk, run);
  if (found === undefined) return undefined;
  for (let restarts = 0; ; restarts++) {
    const next = await restartOf(desk, found);
    if (next === undefined) return { invocation: found, restarts };
    found = next;
  }
}

async function firstOf(desk: Desk, run: string): Promise<Invocation | undefined> {
  const known = desk.known.get(run);
  for (const begun = performance.now(); ; await sleep(again)) {
    const found = await lookUp(desk, run, known);
    if (found !== undefined || known === undefined) return found;
    const isLate = !desk.closed.aborted && performance.now() - begun < desk.patienceMs;
    if (!isLate || !(await isThere(desk, known))) return undefined;
  }
}

async function lookUp(desk: Desk, run: string, known: string | undefined): Promise<Invocation | undefined> {
  const [same] = known === undefined ? [] : await invocations(desk, `id = ${quoted(known)}`);
  if (same !== undefined) return same;
  const keys = [...new Set([run, headerKey(run)])];
  const [found] = await invocations(
    desk,
    `idempotency_key IN ${listed(keys)} AND ${isRun(desk)}`,
    'ORDER BY created_at LIMIT 1',
  );
  if (found !== undefined) remember(desk, run, found.id);
  return found;
}

/** What an invocation was begun again as. Only what has failed can be. */
async function restartOf(desk: Desk, { id, status, failure }: Invocation): Promise<Invocation | undefined> {
  if (status !== 'completed' || failure === undefined) return undefined;
  const again = await invocations(desk, `restarted_from = ${quoted(id)}`, 'ORDER BY created_at DESC');
  return again[0];
}
