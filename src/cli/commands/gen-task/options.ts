import type { GenerateOptions } from '../../../generate/index.ts';
import type { Job } from './job.ts';

/** What the pipeline is told about one task. */
export function optionsFor({ system, places, catalogue, models, options }: Job, task: string): GenerateOptions {
  return {
    system,
    places,
    task,
    catalogue,
    ...(models === undefined ? {} : { models }),
    ...(options.model === undefined ? {} : { choice: { model: options.model } }),
    ...(options.fresh === undefined ? {} : { cache: 'bypass' }),
  };
}
