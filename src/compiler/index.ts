/**
 * From a model to the TypeScript modules that run it.
 *
 * @module
 */
export { checkTemplates } from './check-templates.ts';
export {
  compileSystem,
  hashFiles,
  type CompileOptions,
  type CompileResult,
  type InputFile,
  type OutputFile,
} from './compile.ts';
export { findOutput, freshManifest, type FreshOptions } from './manifest/fresh.ts';
export { readManifest, type Manifest } from './manifest/manifest.ts';
export { writeOutput, type WriteOptions, type WriteReport } from './output/write.ts';
export { loadTemplates, type TemplateName, type TemplateOverrides } from './templates.ts';
export { taskStub } from './task-stub.ts';
