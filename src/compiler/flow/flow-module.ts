/** The plan of one flow's module: everything that its template needs, as text. */
import { hashFlow } from '../../model/hash/hash.ts';
import type { FlowNode } from '../../model/index.ts';
import { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { usesOf } from '../plan/uses.ts';
import { json } from '../../model/text/json.ts';
import { hard, join, objectLines, print, type Doc } from '../../model/text/doc.ts';
import { docComment, freeName, propertyKey, quote } from '../../model/text/names.ts';
import { printBody, printPart } from './body.ts';
import { createContext, type ModuleContext } from './context.ts';
import { callWithScope, parameterList } from './lambda.ts';
import { present, text } from './options.ts';
import { Scope } from './scope.ts';

/** What the template of a flow's module gets. */
export interface FlowPlan {
  readonly imports: string;
  /** The forms that people fill in, when there are any. */
  readonly forms?: string;
  /** The type of the input, when something reads it. */
  readonly inputType?: string;
  readonly doc?: string;
  readonly signature: string;
  readonly body: string;
  readonly declaration: string;
  readonly module: string;
  /** The export, when the name it has outside cannot be its name inside. */
  readonly alias?: string;
}

/** Prints one flow as a module. */
export function flowModule(node: FlowNode, emission: Emission): { readonly path: string; readonly plan: FlowPlan } {
  const { model, layout } = emission;
  const { path, exported } = layout.module('flow', node.name);
  const uses = usesOf(node);
  const writer = new ModuleWriter(model, layout, path, uses);
  const contract = writer.contract('flow', node.name, { wanted: 'contract' });
  const context = createContext(node, emission, writer, printPart);
  const local = writer.declare(exported);
  const run = writer.declare('run');
  const flowModuleType = writer.import('millrace/flow', 'FlowModule', { typeOnly: true });

  // What the functions of the body name: a result of a step must not hide it.
  const outer = new Set([...uses, ...context.contracts, context.formsName]);
  const scope = Scope.root(freeName('host', outer), outer);
  const input = scope.parameter('input');
  const { groups } = printBody(node.body, scope, context);
  const parsed = input.used ? writer.import('millrace/flow', 'Parsed', { typeOnly: true }) : '';
  const inputType = input.used ? writer.declare('Input') : '';
  const types = new Map([
    [scope.host, context.hostType],
    [input, inputType],
  ]);
  const parameters = parameterList([scope.host, input], scope, types);
  const body = join(
    groups.map((group) => join(group, hard)),
    [hard, hard],
  );
  if (node.http !== undefined) emission.unsupported("'http' of a flow", node.location);
  const failure =
    node.onFailure === undefined
      ? undefined
      : callWithScope(node.onFailure, ['input', 'error', 'now', 'runId'], context);
  const module = objectLines([
    "kind: 'flow'",
    ...shorthand('contract', contract),
    `hash: ${quote(hashFlow(model, node.name))}`,
    ...present({
      on: node.on === undefined ? undefined : context.event(node.on, node.location),
      schedule: node.schedule === undefined ? undefined : json(node.schedule),
      timeout: text(node.timeout),
      onFailure: failure,
    }),
    ['waits: [', join(context.waiting.map(printWait), ', '), ']'],
    ...(context.forms.size === 0 ? [] : shorthand('forms', context.formsName)),
    ...shorthand('run', run),
  ]);
  return {
    path,
    plan: {
      imports: writer.imports(),
      ...(context.forms.size === 0 ? {} : { forms: print(printForms(context)) }),
      ...(inputType === '' ? {} : { inputType: `type ${inputType} = ${parsed}<typeof ${contract}.input>;` }),
      ...(node.description === undefined ? {} : { doc: docComment(node.description) }),
      signature: `async function ${run}${parameters}`,
      body: print(body, 2),
      declaration: `${local === exported ? 'export ' : ''}const ${local}: ${flowModuleType}<typeof ${contract}>`,
      module: print(module),
      ...(local === exported ? {} : { alias: `export { ${local} as ${exported} };` }),
    },
  };
}

function printForms({ forms, formsName }: ModuleContext): Doc {
  const members = [...forms].map(([path, schema]): Doc => [`${propertyKey(path)}: `, schema]);
  return [`const ${formsName} = `, objectLines(members), ';'];
}

function shorthand(key: string, name: string): readonly string[] {
  return [key === name ? key : `${key}: ${name}`];
}

function printWait(wait: { readonly event: string; readonly fields: readonly string[] }): Doc {
  return `{ event: ${quote(wait.event)}, fields: [${wait.fields.map(quote).join(', ')}] }`;
}
