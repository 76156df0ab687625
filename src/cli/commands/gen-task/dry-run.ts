import { formatMoney } from '../../../llm/index.ts';
import type { Io } from '../../kit/io.ts';
import { generator } from './generator.ts';
import type { Job } from './job.ts';
import { needsOf } from './needs.ts';
import { optionsFor } from './options.ts';

/** Shows what would be asked, and what that would cost. Asks nobody, writes nothing. */
export async function dryRun(io: Io, job: Job): Promise<number> {
  const { planTask } = await generator();
  const tasks = [];
  for (const task of job.tasks) tasks.push(await planTask(optionsFor(job, task)));
  if (io.json) {
    io.document({
      ok: true,
      tasks: tasks.map((plan) => ({ ...plan, needs: job.system.tasks[plan.task]?.needs ?? {} })),
    });
    return 0;
  }
  if (tasks.length === 0) io.note('Every task has an implementation: there is nothing to ask for.');
  for (const { task, cached, tokens, system, prompt, models } of tasks) {
    io.out(`${io.paint('bold', `── ${task}`)} ${'─'.repeat(Math.max(3, 76 - task.length))}`);
    io.out(`${system.trimEnd()}\n\n${prompt.trimEnd()}\n`);
    const costs = models.map(
      ({ model, cost }) =>
        `${model}: ${cost === undefined ? 'price not known' : `at most ${formatMoney(cost)} a call`}`,
    );
    io.note(
      `${task}: ${cached ? 'verified before, so nobody would be asked' : `about ${tokens} tokens to read`}; it may touch ${needsOf(job.system, task)}.`,
    );
    if (!cached) for (const cost of costs) io.note(`  ${cost}`);
  }
  if (job.hint !== undefined) io.note(job.hint);
  return 0;
}
