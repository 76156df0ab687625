// This engine: `hang N` brings so many runs into their sixth step and says so; `recover N` ends when all have ended.
import { join } from 'node:path';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { implement } from 'millrace/tasks';
import { system } from '../../durable/system.ts';
import { middle } from '../workload.mjs';

const [phase, count] = [process.argv[2], Number(process.argv[3])];
const runtime = new ReactiveSystemRuntime(system, { db: join(process.env['STATE'] ?? '.', 'millrace.db') });
const { work } = system.tasks;
const usual = system.implementations['work'];
if (work === undefined || usual === undefined) throw new Error('The system of the benchmark has no task.');
if (phase === 'hang') {
  const reached = Promise.withResolvers<void>();
  let inMiddle = 0;
  runtime.registerTaskImplementation(
    'work',
    implement(work, (input, context) => {
      if (context.step !== `s${middle}`) return usual.run(input, context);
      if (++inMiddle === count) reached.resolve();
      return new Promise(() => {});
    }),
  );
  for (let index = 0; index < count; index += 1) await runtime.start('ten', { index: 0 }, { id: `r${index}` });
  await reached.promise;
  console.log('hanging');
  // Until it is killed.
  setInterval(() => {}, 1000);
} else {
  await runtime.idle();
  if (runtime.list({ status: ['completed'] }).length !== count) throw new Error('Not all runs have ended.');
  await runtime.close();
  console.log('recovered');
}
