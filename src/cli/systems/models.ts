import type { Models } from '../../llm/index.ts';
import type { Config } from '../../project/config/config.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import type { Io } from '../kit/io.ts';

/**
 * Who performs the tasks of a system that are declared with a model. Undefined where there are none, or nobody can be
 * asked: then it is said what to set, and what comes to such a task waits until it is.
 *
 * @throws CliError MR2050, MR2051 when what the config says about models is not right.
 */
export async function modelsFor(io: Io, config: Config, system: BoundSystem): Promise<Models | undefined> {
  const { tasks, implementations } = system;
  const performed = Object.entries(tasks).flatMap(([name, { model }]) =>
    model !== undefined && implementations[name] === undefined ? [name] : [],
  );
  if (performed.length === 0) return undefined;
  // Loaded only where there is something to ask.
  const [{ openProjectModels }, { noProvider }] = await Promise.all([
    import('../models/open.ts'),
    import('../models/no-provider.ts'),
  ]);
  const { models, providers } = openProjectModels(config, io);
  if (models !== undefined) return models;
  const {
    code,
    message,
    hint = '',
  } = performed.length === 1
    ? noProvider(providers, `The task ${performed.join('')}`)
    : noProvider(providers, `The tasks ${performed.join(', ')}`, 'need');
  io.note(`${io.paint('yellow', `warning ${code}`, 'note')}: ${message} What comes to it waits.`);
  io.note(`  ${io.paint('dim', 'hint:', 'note')} ${hint}`);
  return undefined;
}
