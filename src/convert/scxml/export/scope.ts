import type { Diagnostic, Location, MachineNode, SystemModel } from '../../../model/index.ts';
import type { CodeScope } from './code.ts';
import type { Written } from './element.ts';
import type { Field } from './fields.ts';

/** Says what has no equivalent in SCXML. */
export type ExportReport = (code: string, message: string, location: Location) => void;

/** What all parts of a machine's document need to know. */
export interface ExportScope {
  readonly machine: MachineNode;
  readonly model: SystemModel;
  readonly fields: ReadonlyMap<string, Field>;
  readonly report: ExportReport;
  /** The machines around this one, which run it. */
  readonly outer: readonly string[];
  /** Writes a whole machine, for a state that runs it. */
  readonly document: (scope: ExportScope) => Written;
}

/** What lambdas are translated with outside of loops. */
export function codeScope({ fields, model }: ExportScope, payload: CodeScope['payload']): CodeScope {
  const variables = [...fields.values()].map(({ variable }) => variable);
  const taken = new Set([...variables, ...Object.keys(model.locals), ...Object.keys(model.imports)]);
  return { fields, taken, payload, round: undefined };
}

/** A reporter; what it hears goes to `diagnostics`. */
export const exportReporter =
  (diagnostics: Diagnostic[]): ExportReport =>
  (code, message, { file, line, column, endLine, endColumn }) => {
    if (diagnostics.some((each) => each.message === message && each.line === line && each.column === column)) return;
    diagnostics.push({ code, severity: 'warning', message, file, line, column, endLine, endColumn });
  };
