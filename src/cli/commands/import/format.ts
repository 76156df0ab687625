import type { Diagnostic } from '../../../model/index.ts';

/** What can be imported. */
export type Format = 'scxml' | 'xstate' | 'workflow' | 'toml' | 'json';

/** What a file is, by its name and content; or why that cannot be told. */
export function formatOf(file: string, text: string): Format | Diagnostic {
  const first = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .charAt(0);
  if (/\.(?:scxml|xml)$/i.test(file) || first === '<') return 'scxml';
  if (/\.json$/i.test(file) || first === '{') {
    const isModel = /"schemaVersion"\s*:/.test(text) && /"kind"\s*:\s*"system"/.test(text);
    return isModel ? 'json' : isWorkflow(text) ? 'workflow' : 'xstate';
  }
  if (/\.toml$/i.test(file)) return 'toml';
  const message = `'${file}' is neither XML nor JSON nor TOML.`;
  const hint =
    'Imported are SCXML documents, configurations of XState and of workflows in JSON and TOML, and models as `dsl inspect --json` prints them.';
  return { code: 'MR1757', severity: 'error', message, file, line: 1, column: 1, endLine: 1, endColumn: 1, hint };
}

/** A workflow has steps, a machine has states. */
function isWorkflow(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && 'steps' in value && !('states' in value);
  } catch {
    return false;
  }
}
