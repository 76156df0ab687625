import type { Diagnostic, MachineNode, SystemModel } from '../../model/index.ts';
import { reportDepartures } from './export/departures.ts';
import { Exporting, type Tree } from './export/exporting.ts';
import { isCode, moduleText } from './export/module.ts';
import { initial, states } from './export/states.ts';

/** A JSON value. */
type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** A configuration that `createMachine` of XState 5 takes, and its visualiser shows. */
export type XstateConfig = Readonly<Record<string, Json>>;

/** A machine in the notation of XState. */
export interface XstateExport {
  /** The configuration as JSON; guards, actions, delays and actors are named. */
  readonly config: XstateConfig;
  /** A TypeScript module that says what the names mean: `setup({ … }).createMachine({ … })`. */
  readonly text: string;
  /** What has no equivalent there, or behaves otherwise. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Says a machine in the notation of XState 5: a configuration, and a module that implements it. Work (`run`, `start`)
 * becomes actors that fail until somebody fills them in. What XState has no equivalent for is a warning (MR1745, MR1746).
 *
 * @example
 * ```ts
 * import { exportXstate } from 'millrace/convert';
 * import type { SystemModel } from 'millrace/model';
 *
 * export function picture(model: SystemModel, name: string): string {
 *   const machine = model.machines[name];
 *   return machine === undefined ? '' : JSON.stringify(exportXstate(machine, model).config, null, 2);
 * }
 * ```
 */
export function exportXstate(machine: MachineNode, model: SystemModel): XstateExport {
  const to = new Exporting(machine, model);
  const tree = {
    id: machine.name,
    description: machine.description,
    initial: initial(to, machine.initial, machine.states, machine.location),
    states: states(to, machine.states),
  };
  reportDepartures(to);
  const { id, ...rest } = tree;
  // What is started is an actor as well.
  for (const node of to.actions.values()) if (node.kind === 'start') to.actor(node.call.target as never);
  const config = toJson({ id, context: {}, ...rest }) as XstateConfig;
  const { text: written } = machine.context;
  const schema = /^[\w.]+(?:\([^]*\))?$/.test(written) ? written : `(${written})`;
  const code = { kind: 'code', text: `() => ${schema}.parse({})` } as const;
  const text = moduleText(to, { id, context: code, ...rest });
  return { config, text, diagnostics: to.diagnostics };
}

/** The tree without its code. */
function toJson(tree: Tree): Json {
  if (typeof tree !== 'object') return tree;
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map(toJson);
  const entries = Object.entries(tree as Readonly<Record<string, Tree | undefined>>);
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (value === undefined || isCode(value) ? [] : [[key, toJson(value)]])),
  );
}
