import { join } from 'node:path';
import type { Diagnostic, FlowNode, Location, SystemModel } from '../../model/index.ts';
import { readSystem } from '../read-system.ts';
import { printDefinition } from './definitions.ts';
import { inOrder } from './order.ts';
import { assemble, printWithOthers, type PrintedSystem } from './print-system.ts';
import { Printing } from './printing.ts';

/**
 * Writes one flow as the declaration that `convertDslToFlow` reads: `export const pay = flow('pay', …);`. The model says
 * what tasks, events and declarations are called.
 *
 * @example
 * ```ts
 * import type { SystemModel } from 'millrace/model';
 * import { convertFlowToDsl } from 'millrace/source';
 *
 * export function show(model: SystemModel): void {
 *   for (const flow of Object.values(model.flows)) console.log(convertFlowToDsl(flow, model).text);
 * }
 * ```
 */
export function convertFlowToDsl(flow: FlowNode, model: SystemModel): PrintedSystem {
  const to = new Printing({ ...model, flows: { ...model.flows, [flow.name]: flow } });
  const text = printDefinition(to, flow);
  const { diagnostics } = to;
  return diagnostics.length > 0 ? { diagnostics } : { text: `${text}\n`, diagnostics };
}

/** A flow that was read from its declaration. */
export interface ConvertedFlow {
  readonly flow?: FlowNode;
  /** Lines count from the beginning of the declaration. */
  readonly diagnostics: readonly Diagnostic[];
}

const file = 'flow.dsl.ts';

/**
 * Reads one flow from its declaration, such as `convertFlowToDsl` writes. What the declaration names (tasks, events,
 * schemas, imports) is looked up in the model; a flow of the same name that the model has is replaced.
 *
 * @param folder Where the paths of the model's relative imports start. Default: the working directory.
 * @example
 * ```ts
 * import type { SystemModel } from 'millrace/model';
 * import { convertDslToFlow } from 'millrace/source';
 *
 * export async function add(model: SystemModel, text: string): Promise<SystemModel> {
 *   const { flow, diagnostics } = await convertDslToFlow(text, model);
 *   if (flow === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\\n'));
 *   return { ...model, flows: { ...model.flows, [flow.name]: flow } };
 * }
 * ```
 */
export async function convertDslToFlow(
  text: string,
  model: SystemModel,
  { folder = process.cwd() }: { readonly folder?: string } = {},
): Promise<ConvertedFlow> {
  const name = /\(\s*(['"`])(.+?)\1/.exec(text)?.[2] ?? '';
  const to = new Printing(model);
  to.word('flow');
  to.word('failed');
  const others = inOrder(model).filter((node) => node.name !== name);
  const names = [...Object.keys(model.locals), ...Object.keys(model.imports)];
  const around = assemble(
    to,
    names,
    others.map((node) => printWithOthers(to, node)),
  );
  if (around.text === undefined) return { diagnostics: around.diagnostics };
  const before = around.text.split('\n').length - 1;
  const path = join(folder, file);
  const { system, diagnostics } = await readSystem(path, {
    cwd: folder,
    ...(await reading(path, `${around.text}${text}`)),
  });
  const own = diagnostics.flatMap((each) =>
    each.line > before || each.severity === 'error' ? [moved(each, before)] : [],
  );
  const known = new Set(others.map((node) => node.name));
  const added = Object.values({ ...system?.events, ...system?.tasks, ...system?.flows, ...system?.machines }).filter(
    (node) => !known.has(node.name),
  );
  const [flow, second] = added;
  if (own.some(({ severity }) => severity === 'error')) return { diagnostics: own };
  if (flow?.kind === 'flow' && second === undefined) return { flow: movedNodes(flow, before), diagnostics: own };
  const message =
    added.length === 0 ? 'This text declares no flow.' : 'This text declares more than one flow, or something else.';
  const hint = "Write one declaration: `export const pay = flow('pay', { … }, (f) => f.step(…));`.";
  const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { diagnostics: [...own, { code: 'MR1743', severity: 'error', message, ...place, hint }] };
}

/** The file that is made up here, and the others as they are. */
async function reading(path: string, text: string): Promise<{ readFile: (path: string) => Uint8Array | string }> {
  const { readFileSync } = await import('node:fs');
  return { readFile: (each) => (each === path ? text : readFileSync(each)) };
}

function moved<T extends Omit<Location, 'file'>>(place: T, before: number): T {
  return { ...place, line: Math.max(1, place.line - before), endLine: Math.max(1, place.endLine - before) };
}

function movedNodes(flow: FlowNode, before: number): FlowNode {
  const isPlace = (value: unknown): value is Location =>
    typeof value === 'object' && value !== null && 'endColumn' in value && 'file' in value && !('kind' in value);
  const walk = (value: unknown): unknown => {
    if (isPlace(value)) return moved(value, before);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(flow) as FlowNode;
}
