import type { Diagnostic, MachineNode, SystemModel } from '../../../model/index.ts';
import { documentElement } from './document.ts';
import { isWritable, writeElement } from './element.ts';
import { fieldsOf } from './fields.ts';
import { exportReporter } from './scope.ts';

/** A machine as SCXML. */
export interface ExportedScxml {
  readonly text: string;
  /** What has no equivalent, and what whoever runs the document has to provide. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Exports a machine as an SCXML document with the ECMAScript data model. Its context becomes the data model, lambdas
 * become expressions and scripts, `after` a delayed event that is cancelled on exit, `run` an `invoke`. What SCXML has no
 * equivalent for is reported and left out.
 *
 * @example
 * ```ts
 * import { exportScxml } from 'millrace/convert';
 * import type { SystemModel } from 'millrace/model';
 *
 * export function show(model: SystemModel): void {
 *   for (const machine of Object.values(model.machines)) console.log(exportScxml(machine, model).text);
 * }
 * ```
 */
export function exportScxml(machine: MachineNode, model: SystemModel): ExportedScxml {
  const diagnostics: Diagnostic[] = [];
  const report = exportReporter(diagnostics);
  const document = documentElement;
  const root = documentElement({ machine, model, fields: fieldsOf(machine), report, outer: [machine.name], document });
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root)}\n`;
  if (!isWritable(text)) report('MR1723', 'The machine has characters that XML cannot hold.', machine.location);
  return { text, diagnostics };
}
