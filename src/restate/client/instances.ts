import { checkId, EventError, noInstance } from '../../engine/index.ts';
import type { CreateOptions, HistoryQuery, HistoryView, InstanceQuery, InstanceView } from '../../runtime/index.ts';
import { encodeJson } from '../../tasks/index.ts';
import type { HistoryEntry, InstanceState, MachineHandlers } from '../machines/contract.ts';
import { historyView, instanceView } from '../machines/views.ts';
import { sql, type Desk } from './desk.ts';
import { listed, quoted } from './sql.ts';

/** The virtual object of a machine. @throws EventError MR3304. */
export function objectOf({ machines, names }: Desk, machine: string): string {
  if (machines.includes(machine)) return names.machine(machine);
  throw new EventError(
    'MR3304',
    `The system '${names.system}' has no machine '${machine}'. It has: ${machines.join(', ')}.`,
  );
}

/** Asks an instance. */
export async function ask<Name extends keyof MachineHandlers>(
  desk: Desk,
  machine: string,
  id: string,
  handler: Name,
  asks?: MachineHandlers[Name]['asks'],
): Promise<MachineHandlers[Name]['gives']> {
  const service = objectOf(desk, machine);
  // No virtual object has an empty key.
  if (id === '') throw noInstance({ machine, id });
  const gives = await desk.handlers.call({ service, key: id, handler, ...(asks !== undefined && { body: asks }) });
  return gives as MachineHandlers[Name]['gives'];
}

/** Creates an instance. */
export async function create(desk: Desk, machine: string, { id, context }: CreateOptions): Promise<InstanceView> {
  objectOf(desk, machine);
  checkId(id);
  const text = encodeJson(context);
  if (!text.ok) {
    throw new EventError(
      'MR3307',
      `The context of the new instance of machine '${machine}' is not JSON: ${text.problems}`,
    );
  }
  return ask(desk, machine, id, 'create', text.value === undefined ? {} : { context: JSON.parse(text.value) });
}

/** The instances that a query asks for, the most recently changed first. */
export async function listInstances(
  desk: Desk,
  query: InstanceQuery & { readonly id?: string },
): Promise<InstanceView[]> {
  const { machine, id, status, state, limit = Infinity, offset = 0 } = query;
  const byService = new Map(desk.machines.map((name) => [desk.names.machine(name), name]));
  const services = machine === undefined ? [...byService.keys()] : [desk.names.machine(machine)];
  if (services.length === 0) return [];
  const rows = await sql(
    desk,
    `SELECT service_name, service_key, value_utf8 FROM state WHERE key = 'instance' AND service_name IN ${listed(services)}${id === undefined ? '' : ` AND service_key = ${quoted(id)}`}`,
  );
  return rows
    .flatMap((row) => {
      const name = byService.get(String(row['service_name'])) ?? machine ?? '';
      const state = JSON.parse(String(row['value_utf8'])) as Partial<InstanceState> | null;
      // Something else than ours has written there.
      if (typeof state?.snapshot !== 'object') return [];
      return [instanceView({ machine: name, id: String(row['service_key']) }, state as InstanceState)];
    })
    .filter(
      (view) => (status === undefined || view.status === status) && (state === undefined || view.state.includes(state)),
    )
    .sort((a, b) => b.updatedAt - a.updatedAt || compare(a.machine, b.machine) || compare(a.id, b.id))
    .slice(offset, offset + limit);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One instance, if there is one. */
export async function getInstance(desk: Desk, machine: string, id: string): Promise<InstanceView | undefined> {
  objectOf(desk, machine);
  const [found] = await listInstances(desk, { machine, id });
  return found;
}

/** The entries of a history, newest first. None for an instance that there is not. */
export async function historyOf(
  desk: Desk,
  machine: string,
  id: string,
  query: number | HistoryQuery,
): Promise<HistoryView[]> {
  const service = objectOf(desk, machine);
  const { tail, before } = typeof query === 'number' ? { tail: query } : query;
  const where = [
    `service_name = ${quoted(service)}`,
    `service_key = ${quoted(id)}`,
    "starts_with(key, 'entry ')",
    ...(before === undefined ? [] : [`key < ${quoted(`entry ${String(before).padStart(10, '0')}`)}`]),
  ];
  const rows = await sql(
    desk,
    `SELECT value_utf8 FROM state WHERE ${where.join(' AND ')} ORDER BY key DESC${tail === undefined ? '' : ` LIMIT ${tail}`}`,
  );
  return rows.map((row) => historyView(JSON.parse(String(row['value_utf8'])) as HistoryEntry));
}
