import * as numbers from './numbers.ts';
import * as texts from './texts.ts';
import * as worldly from './worldly.ts';
import type { EvalTask } from '../eval-task.ts';

/** The fixed set, in the order of its names. */
export const evalTasks: readonly EvalTask[] = [
  ...Object.values(texts),
  ...Object.values(numbers),
  ...Object.values(worldly),
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** The system that they are declared in. */
export const evalSystem = `import { event, system, task } from 'millrace';
import { z } from 'zod';

/** Tasks that models are measured with. */
export default system('evals', { version: '1.0.0' });

export const noteArchived = event('noteArchived', { payload: z.object({ id: z.string(), characters: z.int() }) });

${evalTasks.map(({ declaration }) => declaration).join('\n\n')}
`;
