import { MillraceError } from '../core/index.ts';
import type { Diagnostic, SystemModel } from '../model/index.ts';
import { isSystem } from '../model/is-system.ts';
import { contractsModule } from './contracts/contracts-module.ts';
import { flowModule } from './flow/flow-module.ts';
import { machineModule } from './machine/machine-module.ts';
import { settingsOf } from './manifest/fresh.ts';
import { hashFile, hashText, manifestName, printManifest, type Manifest } from './manifest/manifest.ts';
import { specifier } from './paths.ts';
import { createEmission } from './plan/emission.ts';
import { createLayout, type Layout, type LayoutOptions } from './plan/layout.ts';
import { bySource } from './plan/order.ts';
import { sharedModule } from './shared/shared-module.ts';
import { indexModule } from './system/index-module.ts';
import { createRender, type TemplateOverrides } from './templates.ts';

/** Where things lie, and how they are printed. */
export interface CompileOptions extends LayoutOptions {
  /** The version of millrace, for the header. */
  readonly toolVersion: string;
  /** Templates that replace ours. */
  readonly templates?: TemplateOverrides;
  /** Has the user written a task that a model would perform? Then that is what runs. Default: none is written. */
  readonly implemented?: (task: string) => boolean;
  /** The files that the output depends on, for the manifest: sources, templates, config. See {@link hashFiles}. */
  readonly inputs?: readonly InputFile[];
}

/** A file that was read, and the sha256 of what it held. */
export interface InputFile {
  readonly path: string;
  readonly hash: string;
}

/** A file to write: its path in the output folder. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** What compiling gives. When a diagnostic is an error, the files must not be used. */
export interface CompileResult {
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Prints a system as TypeScript modules. Writes nothing, and gives the same bytes for the same model and options.
 *
 * @throws MillraceError MR1653 when an overridden template does not work, MR1655 when this is no system, or a folder or
 * the version is missing.
 * @example
 * ```ts
 * import { compileSystem } from 'millrace/compiler';
 * import type { SystemModel } from 'millrace/model';
 *
 * export function printed(model: SystemModel): string[] {
 *   const { files } = compileSystem(model, {
 *     outDir: 'generated/orders',
 *     sourcePath: 'dsl-examples/orders/orders.dsl.ts',
 *     tasksDir: 'dsl-examples/orders/tasks',
 *     toolVersion: '0.1.0',
 *   });
 *   return files.map((file) => file.path);
 * }
 * ```
 */
export function compileSystem(model: SystemModel, options: CompileOptions): CompileResult {
  refuseOthers(model, options);
  const diagnostics: Diagnostic[] = [];
  const layout = createLayout(model, options);
  const emission = createEmission(model, layout, diagnostics, options.implemented);
  const render = createRender(options.templates);
  const { hash } = emission;
  const files: OutputFile[] = [];
  const add = (path: string, template: Parameters<typeof render>[0], plan: object): void => {
    const header = { toolVersion: options.toolVersion, source: model.files[0] ?? '', shortHash: hash.slice(0, 12) };
    files.push({ path, text: `${render(template, { ...header, ...plan }).trimEnd()}\n` });
  };
  const shared = sharedModule(emission);
  if (shared !== undefined) add('shared.ts', 'shared', shared);
  const contracts = contractsModule(emission);
  if (contracts.declarations.length > 0) add('contracts.ts', 'contracts', contracts);
  for (const node of bySource(model, model.flows)) {
    const { path, plan } = flowModule(node, emission);
    add(path, 'flow', plan);
  }
  for (const node of bySource(model, model.machines)) {
    const printed = machineModule(node, emission);
    if (printed !== undefined) add(printed.path, 'machine', printed.plan);
  }
  add('index.ts', 'index', indexModule(emission));
  const manifest: Manifest = {
    format: 1,
    tool: options.toolVersion,
    system: model.name,
    version: model.version,
    hash,
    source: layout.source,
    settings: settingsOf(options),
    inputs: Object.fromEntries(
      (options.inputs ?? []).map((input) => [specifier(options.outDir, input.path), input.hash]),
    ),
    ...choicesOf(model, layout, options),
    outputs: Object.fromEntries(files.map((file) => [file.path, hashText(file.text)])),
  };
  return { files: [...files, { path: manifestName, text: printManifest(manifest) }], diagnostics };
}

/** Which tasks that models perform are written all the same: the output depends on it. */
function choicesOf(
  { tasks }: SystemModel,
  layout: Layout,
  { outDir, implemented = () => false }: CompileOptions,
): { readonly written?: Readonly<Record<string, boolean>> } {
  const performed = Object.values(tasks).filter(({ model }) => model !== undefined);
  if (performed.length === 0) return {};
  const entries = performed.map(({ name }) => [specifier(outDir, layout.taskFile(name)), implemented(name)] as const);
  return { written: Object.fromEntries(entries) };
}

/** A caller without types may hand in anything. */
function refuseOthers(model: unknown, options: unknown): void {
  const refuse = (message: string): never => {
    throw new MillraceError(message, { code: 'MR1655', retryable: false, fault: 'input' });
  };
  if (!isSystem(model))
    refuse('compileSystem got something that is not a system. Read one with readSystem or parseSystem.');
  const given: Readonly<Record<string, unknown>> = { ...(options as object | undefined) };
  for (const name of ['outDir', 'sourcePath', 'tasksDir', 'toolVersion'])
    if (typeof given[name] !== 'string') refuse(`compileSystem needs the option '${name}', a text.`);
}

/**
 * Hashes files as inputs of the compiler. Read them before the sources are parsed: an edit in between is then seen as a
 * change the next time.
 */
export function hashFiles(paths: readonly string[]): readonly InputFile[] {
  return paths.flatMap((path) => {
    const hash = hashFile(path);
    return hash === undefined ? [] : [{ path, hash }];
  });
}
