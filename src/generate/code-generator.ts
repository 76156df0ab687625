import { compileSystem } from '../compiler/index.ts';
import { createLayout } from '../compiler/plan/layout.ts';
import { packageVersion } from '../core/package-version.ts';
import type { Diagnostic, SystemModel } from '../model/index.ts';
import { generateTask } from './generate-task.ts';
import type { CodeStyle, GeneratedTask, GenerateOptions } from './options.ts';

/** What all generations of a generator have in common. */
export type CodeGeneratorOptions = Omit<GenerateOptions, 'system' | 'task' | keyof CodeStyle>;

/**
 * Generates code for the tasks of systems, in one project. Nothing is written: that is `writeTask`.
 *
 * @example
 * ```ts
 * import { CodeGenerator } from 'millrace/generate';
 * import { environmentProviders, openModels } from 'millrace/llm';
 * import { loadSystemFromDsl } from 'millrace/source';
 *
 * const root = process.cwd();
 * const generator = new CodeGenerator({
 *   places: {
 *     root,
 *     sourcePath: `${root}/orders.dsl.ts`,
 *     tasksDir: `${root}/tasks`,
 *     outDir: `${root}/generated/orders`,
 *   },
 *   models: openModels({ providers: environmentProviders(process.env) }),
 * });
 * const system = await loadSystemFromDsl('orders.dsl.ts');
 * const { success, code, tests, error } = await generator.generateTaskCode('chargeCard', system, { includeComments: true });
 * console.log(success ? code + tests : error?.message);
 * ```
 */
export class CodeGenerator {
  readonly #options: CodeGeneratorOptions;

  constructor(options: CodeGeneratorOptions) {
    this.#options = options;
  }

  /**
   * Code for one task and its tests, verified.
   *
   * @throws MillraceError as `generateTask`, such as MR5001 for an unknown task
   */
  async generateTaskCode(task: string, system: SystemModel, style: CodeStyle = {}): Promise<GeneratedTask> {
    return await generateTask({ ...this.#options, ...style, system, task });
  }

  /**
   * The code of one flow. Flows are compiled, not generated: nobody is asked, and it is what `dsl compile` writes.
   *
   * @throws RangeError when the system has no flow of that name
   */
  generateFlowCode(
    flow: string,
    system: SystemModel,
  ): { readonly code: string; readonly success: boolean; readonly diagnostics: readonly Diagnostic[] } {
    if (!Object.hasOwn(system.flows, flow)) {
      const names = Object.keys(system.flows).join(', ') || 'none';
      throw new RangeError(`The system '${system.name}' has no flow '${flow}'. Its flows: ${names}.`);
    }
    const { outDir, sourcePath, tasksDir } = this.#options.places;
    const places = { outDir, sourcePath, tasksDir };
    const { files, diagnostics } = compileSystem(system, { ...places, toolVersion: packageVersion() });
    const { path } = createLayout(system, places).module('flow', flow);
    const success = diagnostics.every(({ severity }) => severity !== 'error');
    return { code: files.find((file) => file.path === path)?.text ?? '', success, diagnostics };
  }
}
