import type { Clock } from '../../core/index.ts';
import { systemClock } from '../../core/index.ts';
import {
  checkSystem,
  inWholeMs,
  nodeWorld,
  Registry,
  worldOf,
  type ResourceOption,
  type TaskCode,
} from '../../engine/index.ts';
import type { Models } from '../../llm/index.ts';
import {
  jsonLogger,
  type BoundSystem,
  type Logger,
  type Retention,
  type TaskImplementation,
  type WorldPort,
} from '../../tasks/index.ts';
import type { Ingress, Place } from '../contract.ts';
import { ingressOf } from '../ingress/ingress.ts';
import { modelServices, performOn } from '../models/index.ts';
import { namesOf } from '../names.ts';
import { armSchedules } from '../schedules/index.ts';
import { checkOptions, checkSupported } from '../supported/check.ts';
import { logTo } from './log.ts';
import type { AnyService, ServedEndpoint } from './serve.ts';
import { serve } from './serve.ts';
import { withOptions } from './with-options.ts';
import { optionsFor, type InvocationRetry } from './service-options.ts';
import { servicesOf } from './services.ts';

/** How an endpoint is set up. */
export interface EndpointOptions {
  /** Where attempts reach the server: its ingress. Default: `http://127.0.0.1:8080`. */
  readonly ingress?: string;
  /** Code of tasks that the generated index does not have. */
  readonly tasks?: Readonly<Record<string, TaskImplementation | TaskCode>>;
  /** Who performs tasks that are declared with a `model`: `openModels()` of `millrace/llm`. */
  readonly models?: Models;
  /** Where declared resources are. */
  readonly resources?: Readonly<Record<string, ResourceOption>>;
  /** What tasks reach with their context instead of what is really there: `fakeWorld({ … })` of `millrace/testing`. */
  readonly world?: WorldPort;
  /** Default: warnings and errors, as JSON lines on stderr. */
  readonly logger?: Logger;
  /** Where time comes from. All endpoints and clients of a system have the same. Default: the system's. */
  readonly clock?: Clock;
  /** Numbers in [0, 1), for ids and jitter. Default: `Math.random`. */
  readonly random?: () => number;
  /** How long what is over is kept; member by member it goes before what the system says. Default: for ever. */
  readonly retention?: Retention;
  /** How much of the history of machine instances is kept; goes before what `retention` says of it. */
  readonly history?: NonNullable<Retention['history']>;
  /** How Restate tries an invocation again whose endpoint was lost. */
  readonly retry?: InvocationRetry;
  /** After how many ms at rest a run leaves the memory of its endpoint. Default: a minute. */
  readonly inactivityMs?: number;
  /** How deep flows may run flows, one in the other. Default 100. */
  readonly maxDepth?: number;
  /** How long `drain()` waits for the attempts that are under way, in ms. Default 10,000. */
  readonly drainMs?: number;
}

const known: Readonly<Record<keyof EndpointOptions, true>> = {
  ingress: true,
  tasks: true,
  models: true,
  resources: true,
  world: true,
  logger: true,
  clock: true,
  random: true,
  retention: true,
  history: true,
  retry: true,
  inactivityMs: true,
  maxDepth: true,
  drainMs: true,
};

/** All that a system is on Restate: its services, ready to be served. */
export interface Endpoint {
  readonly system: BoundSystem;
  /** Flows and tasks as services, machines as virtual objects, and what they need. */
  readonly services: readonly AnyService[];
  /**
   * Says what the system expects from outside: when its flows start by themselves, and what they wait for. To be called after
   * each registration, which `registerDeployment` does. The signal ends it.
   */
  announce(signal?: AbortSignal): Promise<void>;
  /** Serves it over HTTP/2, on loopback unless a host is named. */
  serve(options?: EndpointAddress): Promise<ServedEndpoint>;
}

/** Where an endpoint is bound. */
export interface EndpointAddress {
  /** Default: `127.0.0.1`, which only this machine reaches. Whoever reaches an endpoint can run its flows. */
  readonly host?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Public keys of servers that sign their requests: all others are refused. */
  readonly identityKeys?: readonly string[];
}

/**
 * Makes an endpoint of a compiled system: the same modules and task files that run embedded.
 *
 * @throws RestateError MR5260-MR5262 when the system says what Restate cannot do, MR5263, MR5264 for options that mean
 * nothing here. RunError MR3222 when it is no compiled system, MR3219 for a task that it does not have.
 * @example
 * ```ts
 * import { createEndpoint, registerDeployment } from 'millrace/restate';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * async function main(system: BoundSystem): Promise<void> {
 *   const endpoint = createEndpoint(system);
 *   const served = await endpoint.serve({ port: 9080 });
 *   await registerDeployment({ admin: 'http://127.0.0.1:9070', uri: served.uri, endpoint });
 *   process.once('SIGTERM', () => void served.drain());
 * }
 * ```
 */
export function createEndpoint(given: BoundSystem, options: EndpointOptions = {}): Endpoint {
  checkSystem(given);
  checkOptions(options, Object.keys(known));
  const { retention, history } = options;
  const system = {
    ...given,
    retention: { ...given.retention, ...retention, ...(history !== undefined && { history }) },
  };
  checkSupported(system);
  const { ingress = 'http://127.0.0.1:8080', resources, logger = jsonLogger({ level: 'warn' }), drainMs } = options;
  const registry = new Registry(system);
  registry.implement(options.tasks ?? {});
  const clock = options.clock ?? systemClock();
  const factor = clock.factor ?? 1;
  const place: Place = {
    system,
    registry,
    names: namesOf(system.name),
    clock: factor === 1 ? inWholeMs(clock) : { ...inWholeMs(clock), factor },
    real: (ms) => Math.max(0, Math.ceil(ms / factor)),
    random: options.random ?? Math.random,
    logger,
    world: worldOf(resources),
    outside: options.world ?? nodeWorld(resources === undefined ? {} : { resources }),
    ingress: ingressOf(ingress, { note: (text) => logger.info(text) }),
    ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
  };
  const finish = options.models === undefined ? () => {} : performOn(place, options.models);
  const services = withOptions(system, [...servicesOf(place), ...modelServices(place)], optionsFor(place, options));
  return {
    system,
    services,
    announce: (signal) => armSchedules(signal === undefined ? place.ingress : until(place.ingress, signal), place),
    async serve(address = {}) {
      const log = logTo(logger);
      const served = await serve(services, { ...address, log: log.write });
      const end = (how: () => Promise<void>) => async (): Promise<void> => {
        log.end();
        await how();
        finish();
      };
      return {
        uri: served.uri,
        port: served.port,
        get busy() {
          return served.busy;
        },
        drain: (patienceMs = drainMs ?? 10_000) => end(() => served.drain(patienceMs))(),
        close: end(() => served.close()),
      };
    },
  };
}

/** The same, which gives up when it is told to. */
const until = (ingress: Ingress, signal: AbortSignal): Ingress => ({
  call: (asks) => ingress.call({ ...asks, signal }),
  send: (asks) => ingress.send({ ...asks, signal }),
});
