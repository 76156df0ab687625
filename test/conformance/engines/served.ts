import { systemClock, type ClockOrigin } from 'millrace/core';
import { createEndpoint, type Endpoint } from 'millrace/restate';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { modelsOf, type Turn } from './asking.ts';
import { fileWorld } from './file-world.ts';
import { scheduledSystem, system, tasksIn } from './system.ts';

/** What a process is told that serves a case to Restate. */
export interface ServedArgs {
  /** Of the system: each case has one of its own. */
  readonly name: string;
  /** Where it notes what was done. */
  readonly file: string;
  readonly turns: readonly Turn[];
  readonly scheduled: boolean;
  readonly ingress: string;
  readonly admin: string;
  readonly factor: number;
  readonly origin: ClockOrigin;
}

export const systemOf = ({ name, scheduled }: ServedArgs): BoundSystem => ({
  ...(scheduled ? scheduledSystem : system),
  name,
});

/** The services of a case, for a process of its own. */
export const services = (args: ServedArgs) => endpointOf(args).services;

/** The endpoint of a case. */
export function endpointOf(args: ServedArgs): Endpoint {
  const world = fileWorld(args.file);
  const { ingress, factor, origin } = args;
  return createEndpoint(systemOf(args), {
    ingress,
    clock: systemClock({ factor, origin }),
    tasks: tasksIn(world),
    ...(args.turns.length > 0 && { models: modelsOf(args.turns, world) }),
    logger: silentLogger,
    retry: { initialInterval: 50, maxInterval: 500 },
  });
}
