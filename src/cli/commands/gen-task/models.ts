import type { Config } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { noProvider } from '../../models/no-provider.ts';
import { openProjectModels } from '../../models/open.ts';
import { mustBeThere } from '../../models/must-be-there.ts';
import { missingVariables } from '../../models/providers.ts';
import type { Job } from './job.ts';
import type { GenTaskOptions } from './run.ts';

/**
 * Who is asked, as the project and the command line say.
 *
 * @throws CliError MR2054 for a provider that there is not, MR4074 and MR4040 when nobody who is there has the model, MR2052 with `--require-llm` when nobody can be asked, MR2003 for
 * an amount that is none, MR2050, MR2051 when what the config says is not right.
 */
export function modelsFor(
  config: Config,
  io: Pick<Io, 'cwd' | 'env'>,
  { provider, maxCost, requireLlm, model }: GenTaskOptions,
): Pick<Job, 'catalogue' | 'models' | 'hint'> {
  const { settings, models, providers } = openProjectModels(config, io, { provider, maxCost });
  const { catalogue } = settings;
  mustBeThere({ model }, settings, providers);
  if (models !== undefined) return { catalogue, models };
  if (requireLlm === true) throw noProvider(providers, '`dsl gen-task`');
  const names = missingVariables(providers);
  const how = names.length === 0 ? '`dsl models check` says why' : `set ${names.join(' or ')}`;
  return { catalogue, hint: `No model can be asked: ${how}, and run it again.` };
}
