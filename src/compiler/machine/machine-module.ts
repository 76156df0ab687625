/** The plan of one machine's module: everything that its template needs, as text. */
import { hashMachine } from '../../model/hash/hash.ts';
import type { MachineNode } from '../../model/index.ts';
import { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { usesOf } from '../plan/uses.ts';
import { printMachine } from './print-machine.ts';

/** What the template of a machine's module gets. */
export interface MachinePlan {
  readonly imports: string;
  readonly body: string;
}

/** Prints one machine as a module; reports, and gives nothing, when it has something that cannot be printed. */
export function machineModule(
  node: MachineNode,
  emission: Emission,
): { readonly path: string; readonly plan: MachinePlan } | undefined {
  const { model, layout } = emission;
  const { path } = layout.module('machine', node.name);
  const writer = new ModuleWriter(model, layout, path, usesOf(node));
  const body = printMachine(node, { model, layout, writer, hash: hashMachine(model, node.name) });
  return { path, plan: { imports: writer.imports(), body } };
}
