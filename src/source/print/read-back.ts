import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { readSystem } from '../read-system.ts';
import { difference } from './same.ts';

/** What a printed text says. */
export interface ReadBack {
  readonly system?: SystemModel;
  /** With an error, the text is not to be used. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what was printed as if it stood at a path already, and compares it with the model that it was printed from.
 *
 * @param cwd The folder that files of diagnostics are relative to.
 */
export async function readBack(model: SystemModel, text: string, path: string, cwd: string): Promise<ReadBack> {
  const readFile = (each: string): Uint8Array | string => (resolve(each) === path ? text : readFileSync(each));
  const { system, diagnostics } = await readSystem(path, { cwd, readFile });
  if (system === undefined || diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  const where = difference(model, system);
  if (where === undefined) return { system, diagnostics };
  const message = `What was written is read as something else, at '${where}'.`;
  const hint = 'Nothing was written. Please report it, with the file that was imported.';
  return { diagnostics: [...diagnostics, { code: 'MR1742', severity: 'error', message, ...model.location, hint }] };
}
