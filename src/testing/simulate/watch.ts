import type { TaskCode } from '../../runtime/index.ts';
import type { BoundSystem, TaskContext, TaskImplementation } from '../../tasks/index.ts';
import type { JournalRow } from '../../store/index.ts';
import type { World } from './world.ts';

/** What is known of the process that makes an attempt. */
interface Maker {
  readonly dead: boolean;
  readonly stalledAt?: ReadonlyMap<string, number>;
}

type Code = (input: unknown, context: TaskContext) => unknown;

/** The system, its tasks told of in the trace and held to what is promised about when they run. */
export function watched(
  system: BoundSystem,
  tasks: Readonly<Record<string, TaskCode>>,
  world: World,
  maker: () => Maker | undefined,
): BoundSystem {
  const implementations: Record<string, TaskImplementation> = {};
  const { implementations: own } = system;
  for (const [name, contract] of Object.entries(system.tasks)) {
    const code = (tasks[name] ?? (own as Readonly<Record<string, TaskImplementation>>)[name]?.run) as Code | undefined;
    if (code === undefined) continue;
    const run = async (input: unknown, context: TaskContext): Promise<unknown> => {
      // The dead do nothing.
      const by = maker();
      if (by?.dead === true) return new Promise(() => {});
      begin(world, name, context, by?.stalledAt);
      return code(input, context);
    };
    implementations[name] = { kind: 'implementation', contract, run: run as TaskImplementation['run'] };
  }
  return { ...system, implementations: { ...own, ...implementations } };
}

function begin(
  world: World,
  task: string,
  { runId, step, attempt }: TaskContext,
  stalledAt: ReadonlyMap<string, number> | undefined,
): void {
  world.counts.attempts++;
  world.note(`attempt ${attempt} of ${task}, ${runId} ${step}`);
  const lines = world.disk.tables.journal.of(runId);
  if (stalledAt !== undefined) {
    // Nobody can keep a process that wakes up from what it was just about to do; from anything else it is kept.
    const known = lines.filter(({ path, seq }) => path === step && seq <= (stalledAt.get(runId) ?? 0));
    const tries = known.filter(({ kind }) => kind === 'retrying').length;
    if (!known.some(({ kind }) => kind === 'started') || known.some(isEnd) || attempt !== tries + 1)
      world.wrong(`'${step}' of run ${runId} was begun by a process that had been replaced`);
    return;
  }
  const since = lines.findLast(({ kind }) => kind === 'rewound')?.seq ?? 0;
  const own = lines.filter(({ path, seq }) => path === step && seq > since);
  if (!own.some(({ kind }) => kind === 'started'))
    world.wrong(`'${step}' of run ${runId} was done before its journal knew`);
  if (own.some(isEnd)) world.wrong(`'${step}' of run ${runId} was done again`);
  const status = world.disk.tables.runs.get(runId)?.status;
  if (status === 'paused') world.wrong(`'${step}' of run ${runId} was begun while it was paused`);
  if (status === 'completed' || status === 'failed' || status === 'cancelled')
    world.wrong(`'${step}' of run ${runId} was begun although it was ${status}`);
}

const isEnd = ({ kind }: JournalRow): boolean => kind === 'completed' || kind === 'failed' || kind === 'cancelled';
