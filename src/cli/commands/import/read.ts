import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, SystemModel } from '../../../model/index.ts';
import type { Format } from './format.ts';

/** The model behind a file. */
interface Imported {
  readonly model?: SystemModel;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the command line says for one format or another. */
interface Given {
  readonly roles: readonly string[] | undefined;
  readonly events: readonly string[] | undefined;
}

/** Reads a text in one of the formats. */
export async function read(...args: Parameters<typeof readAs>): Promise<Imported> {
  try {
    return await readAs(...args);
  } catch (thrown) {
    // Readers are recursive: a document can be nested deeper than the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    const place = { file: args[3], line: 1, column: 1, endLine: 1, endColumn: 1 };
    const hint = 'No machine is nested like this: is it the right file?';
    const message = `'${args[3]}' is nested too deep to be read.`;
    return { diagnostics: [{ code: 'MR1756', severity: 'error', message, ...place, hint }] };
  }
}

/** Each format is loaded when it is used. */
async function readAs(
  format: Format,
  text: string,
  path: string,
  shown: string,
  cwd: string,
  name: string | undefined,
  { roles, events }: Given,
): Promise<Imported> {
  const given = name === undefined ? {} : { name };
  if (format === 'scxml') {
    const { importScxml } = await import('../../../convert/scxml/import.ts');
    const readFile = (each: string): string => readFileSync(resolve(cwd, each), 'utf8');
    const known = events === undefined ? {} : { events };
    return renamed(importScxml(text, { file: shown, readFile, ...given, ...known }), name);
  }
  if (format === 'xstate') {
    const { importXstate } = await import('../../../convert/xstate/import-xstate.ts');
    return importXstate(text, { file: shown, ...given });
  }
  if (format === 'toml') {
    const { importWorkflowToml } = await import('../../../convert/workflow/import-workflow-toml.ts');
    return importWorkflowToml(text, { file: shown, ...given });
  }
  if (format === 'workflow') {
    const { importWorkflowJson } = await import('../../../convert/workflow/import-workflow-json.ts');
    return importWorkflowJson(text, {
      file: shown,
      ...given,
      ...(roles === undefined ? {} : { roles: { required: roles } }),
    });
  }
  const { readJson } = await import('../../../source/files/read-json.ts');
  const { system, diagnostics } = readJson(path, shown, text);
  return renamed(system === undefined ? { diagnostics } : { model: system, diagnostics }, name);
}

function renamed({ model, diagnostics }: Imported, name: string | undefined): Imported {
  return model === undefined
    ? { diagnostics }
    : { model: name === undefined ? model : { ...model, name }, diagnostics };
}
