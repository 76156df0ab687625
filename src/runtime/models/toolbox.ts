import { toolTries, type Registry } from '../../engine/index.ts';
import type { Tx } from '../../store/index.ts';
import type {
  AttemptOutcome,
  AttemptRequest,
  EmittedEvent,
  EvidenceWorld,
  Logger,
  Toolbox,
  WorldPort,
} from '../../tasks/index.ts';
import { type Asker, type Perform } from '../attempts/index.ts';
import { StepServices } from '../host/task/services.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { turnOf } from './turn.ts';

/** What a toolbox needs of the process that it is in. */
export interface ToolPlace {
  readonly place: LedgerPlace;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly world: EvidenceWorld;
  /** What tasks reach through their context. */
  readonly outside: WorldPort;
  readonly random: () => number;
  /** Makes attempts, each when its turn has come. */
  readonly attempt: (
    request: AttemptRequest,
    by: Asker,
    settle?: (outcome: AttemptOutcome) => Promise<AttemptOutcome>,
  ) => ReturnType<Perform>;
  /** The run for which something is done, where it is in memory. */
  readonly run: (id: string) => Asker | undefined;
  /** Publishes what a tool has emitted. */
  readonly publish: (tx: Tx, event: EmittedEvent, source: string, key: string) => void;
}

/** The tools of tasks that models perform: other tasks, with their own tries, times and limits. */
export function toolboxOf(around: ToolPlace): Toolbox {
  const { place, registry, logger, world, outside, random } = around;
  return {
    find: (name) => registry.task(name),
    run: async (asked) => {
      const { runId = '', step = '', attempt = 1 } = asked.asking;
      const turn = turnOf(around.run(runId), { step, attempt });
      try {
        return await toolTries<StepServices>(
          {
            clock: place.clock,
            random,
            registry,
            logger,
            world,
            outside,
            services: ({ key, ...at }, text) => new StepServices(place, at, key, text, true),
            distrust: (services) => void place.write((tx) => services.distrust(tx)).catch(() => {}),
            attempt: (request, settle) => around.attempt(request, turn, settle),
            waiting: (work) => turn.waiting(work),
            done: ({ run, path, key }, services, emitted) =>
              place.write((tx) => {
                services.forget(tx);
                for (const [index, event] of emitted.entries())
                  around.publish(tx, event, `run ${run} ${path}`, `tool ${key} ${index}`);
              }),
          },
          asked,
        );
      } finally {
        turn.end();
      }
    },
  };
}
