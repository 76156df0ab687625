import type { SystemModel } from '../model/index.ts';
import type { CompileOptions, OutputFile } from './compile.ts';
import { specifier } from './paths.ts';
import { createLayout } from './plan/layout.ts';
import { createRender } from './templates.ts';
import { docComment, isIdentifier, quote } from '../model/text/names.ts';
import { dirname, join } from 'node:path';

/**
 * The file to begin the implementation of a task with: typed by its contract, and failing with MR3104 until somebody
 * fills it in. Write it only where no file is: from then on it is the user's.
 *
 * @returns The path as `options.tasksDir` gives it, and the text.
 * @throws RangeError when the system has no task of that name.
 * @example
 * ```ts
 * import { existsSync, writeFileSync } from 'node:fs';
 * import { taskStub, type CompileOptions } from 'millrace/compiler';
 * import type { SystemModel } from 'millrace/model';
 *
 * export function scaffold(model: SystemModel, options: CompileOptions): void {
 *   const { path, text } = taskStub(model, 'chargeCard', options);
 *   if (!existsSync(path)) writeFileSync(path, text);
 * }
 * ```
 */
export function taskStub(model: SystemModel, name: string, options: CompileOptions): OutputFile {
  const node = Object.hasOwn(model.tasks, name) ? model.tasks[name] : undefined;
  if (node === undefined) throw new RangeError(`The system has no task '${name}'.`);
  const layout = createLayout(model, options);
  const path = layout.taskFile(name);
  const exported = layout.contract('task', name);
  const contract =
    isIdentifier(exported) && !['implement', 'NotImplementedError'].includes(exported) ? exported : `${exported}Task`;
  const contracts = specifier(dirname(path), join(options.outDir, 'contracts.ts')).replace(
    /\.ts$/,
    options.importExtension ?? '.ts',
  );
  const imports = [
    "import { implement, NotImplementedError } from 'millrace/tasks';",
    `import { ${exported === contract ? contract : `${exported} as ${contract}`} } from ${quote(contracts)};`,
  ];
  const doc = node.description === undefined ? {} : { doc: docComment(node.description) };
  return {
    path,
    text: createRender(options.templates)('task', { imports: imports.join('\n'), ...doc, contract, name: quote(name) }),
  };
}
