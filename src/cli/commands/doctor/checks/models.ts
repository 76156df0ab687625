import { messageOf } from '../../../../core/index.ts';
import { inWords } from '../../../models/in-words.ts';
import type { Check } from '../check.ts';

/** Who can be asked for models, and why the others cannot? Names of variables only: a key is never printed. */
export const models: Check = async (io, config) => {
  const { openProjectModels } = await import('../../../models/open.ts');
  try {
    const { providers } = openProjectModels(config, io);
    const ready = providers.filter(({ readiness }) => readiness.ready);
    const message = providers
      .map((one) => (one.readiness.ready ? `${one.name} ${inWords(one)}` : `${one.name}: ${one.readiness.reason}`))
      .join('; ');
    if (ready.length > 0) return { name: 'models', status: 'ok', message };
    return {
      name: 'models',
      status: 'info',
      message: `no provider can be asked (${message})`,
      hint: 'Only tasks that a model performs, `dsl gen-task` and `dsl edit` in words need one.',
    };
  } catch (error) {
    const hint = 'dsl.config.ts: `models`';
    return { name: 'models', status: 'problem', message: messageOf(error), hint };
  }
};
