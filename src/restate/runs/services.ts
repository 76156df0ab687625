import type { Context, ServiceDefinition } from '@restatedev/restate-sdk';
import { milliseconds } from '../../core/index.ts';
import { RunError, type Program } from '../../engine/index.ts';
import type { Place, RunAsks, RunGives } from '../contract.ts';
import { handlers, service } from '../sdk.ts';
import { inTruth } from '../host/real.ts';
import { Blocked } from './blocked.ts';
import { drive } from './drive.ts';
import { failureFor } from './end.ts';
import { Run } from './run.ts';

/** A service for each flow, and one for each task: an invocation of its handler `run` is a run. */
export function flowServices(place: Place): readonly ServiceDefinition<string, unknown>[] {
  const { registry, names, system } = place;
  const flows = [...registry.flows()].map(({ contract: { contract } }) =>
    runService(place, names.flow(contract), 'flow', contract),
  );
  const tasks = Object.keys(system.tasks).map((task) => runService(place, names.task(task), 'task', task));
  return [...flows, ...tasks];
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
  limit(run);
  const end = await Promise.race([run.driver.run(() => drive(run)), run.blocked.promise]);
  if (end.status !== 'completed') throw failureFor(end);
  const { status: _, ...gives } = end;
  return gives;
}

/** Sets the time after which a run has taken too long. */
function limit(run: Run): void {
  const { asks, ctx, driver, place, program } = run;
  const timeout = asks.timeoutMs ?? (program.timeout === undefined ? undefined : milliseconds(program.timeout));
  if (timeout === undefined) return;
  const left = Math.max(0, asks.at + timeout - place.clock.now());
  driver.listen(ctx.sleep(inTruth(place, left), '~timeout'), () =>
    run.stop({
      reason: 'timeout',
      error: {
        name: 'RunError',
        message: `Run '${run.id}' took longer than its flow allows.`,
        code: 'MR3217',
        retryable: true,
        fault: 'environment',
        details: { run: run.id },
      },
    }),
  );
}

function unknown(kind: Program['target'], target: string): RunError {
  return new RunError('MR3201', `This system has no ${kind} '${target}'.`);
}
