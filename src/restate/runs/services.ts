import type { Context, ServiceDefinition } from '@restatedev/restate-sdk';
import { RunError, type Program } from '../../engine/index.ts';
import type { Place, RunAsks, RunGives } from '../contract.ts';
import { handlers, service } from '../sdk.ts';
import { Blocked } from './blocked.ts';
import { drive, type RunEnd } from './drive.ts';
import { failureFor } from './end.ts';
import { limit } from './limit.ts';
import { Run } from './run.ts';
import { timerService } from './timer.ts';

/** A service for each flow, and one for each task: an invocation of its handler `run` is a run. */
export function flowServices(place: Place): readonly ServiceDefinition<string, unknown>[] {
  const { registry, names, system } = place;
  const flows = [...registry.flows()].map(({ contract: { contract } }) =>
    runService(place, names.flow(contract), 'flow', contract),
  );
  const tasks = Object.keys(system.tasks).map((task) => runService(place, names.task(task), 'task', task));
  return [...flows, ...tasks, timerService(place)];
}

function runService(
  place: Place,
  name: string,
  kind: 'flow' | 'task',
  target: string,
): ServiceDefinition<string, unknown> {
  const run = handlers.handler({}, async (ctx: Context, asks: RunAsks): Promise<RunGives> => {
    const program = place.registry.program(kind, target);
    if (program === undefined) throw new Blocked(unknown(kind, target));
    return runToEnd(new Run(place, ctx, asks, program, kind));
  });
  return service({ name, handlers: { run } }) as ServiceDefinition<string, unknown>;
}

async function runToEnd(run: Run): Promise<RunGives> {
  run.limit = limit(run);
  const end = await Promise.race([run.driver.run(() => untilEnd(run)), run.blocked.promise]);
  if (end.status !== 'completed') throw failureFor(end);
  const { status: _, ...gives } = end;
  return gives;
}

async function untilEnd(run: Run): Promise<RunEnd> {
  const end = await drive(run);
  await run.limit?.off();
  return end;
}

function unknown(kind: Program['target'], target: string): RunError {
  return new RunError('MR3201', `This system has no ${kind} '${target}'.`);
}
