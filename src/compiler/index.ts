/**
 * From a model to the TypeScript modules that run it.
 *
 * @module
 */
export { compileSystem, type CompileOptions, type CompileResult, type OutputFile } from './compile.ts';
export { loadTemplates, type TemplateName, type TemplateOverrides } from './templates.ts';
