import type { BudgetLimit } from '../../../llm/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import { findSystems } from '../../../project/systems/read.ts';
import { limitsOf } from '../../../engine/index.ts';
import { databaseOf } from '../../kit/database.ts';
import type { Io } from '../../kit/io.ts';
import { readSettings } from '../../models/settings.ts';

/**
 * The limits that hold for a database, as far as they can be read here: those of the config, and those of the system whose
 * database it is. What is wrong with either is for others to say.
 */
export async function limitsFor(io: Io, file: string): Promise<readonly BudgetLimit[]> {
  try {
    const config = await readConfig(io.cwd);
    const { budgets } = readSettings(config, io.cwd);
    const { systems } = await findSystems(await findFiles(config.globs, config.root), io.cwd, config);
    const own = systems.filter(
      ({ model }) => systems.length === 1 || databaseOf(io, config, model.name, undefined) === file,
    );
    return [...budgets, ...own.flatMap(({ model }) => limitsOf(model))];
  } catch {
    return [];
  }
}
