import type { SendResult } from '../../../runtime/index.ts';
import { checkValue, type BoundSystem } from '../../../tasks/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { mustHave, openSystem, type OpenedSystem } from '../../systems/bound.ts';
import type { PlacedThrown } from './places.ts';
import { Sender, type Thrown } from './sender.ts';

/** The options of `dsl send`. */
export interface SendArguments {
  readonly payload?: string;
  readonly lines?: string;
  readonly idempotencyKey?: string;
  readonly db?: string;
  readonly engine?: string;
}

/** Sends one event, or many. */
export async function send(io: Io, file: string, event: string | undefined, options: SendArguments): Promise<number> {
  if (event === undefined && options.lines === undefined) {
    throw new CliError('MR2003', "Missing required argument 'event'.", {
      hint: 'Only --lines can do without: then each line names its own.',
    });
  }
  const payload = options.payload === undefined ? undefined : await jsonArgument(io, '--payload', options.payload);
  const opened = await openSystem(io, file, options.db, options.engine);
  if (opened === undefined) return 1;
  if (event !== undefined) mustHave(opened.system, 'event', event);
  if (options.lines !== undefined) {
    const { sendLines } = await import('./lines.ts');
    return await sendLines(io, opened, event, options.lines);
  }
  return await sendOne(io, opened, event ?? '', payload, options.idempotencyKey);
}

/** What is wrong with a payload, or undefined. */
export function problemsOf(system: BoundSystem, event: string, payload: unknown): string | undefined {
  const schema = system.events[event]?.payload;
  const checked = schema === undefined ? undefined : checkValue(schema, payload);
  return checked?.ok === false ? checked.problems : undefined;
}

/** Why an event was not handled: somebody failed at it, or nobody is there for it. */
function whyNot(deliveries: SendResult['deliveries'], failed: boolean): string {
  const failing = deliveries.flatMap((delivery) =>
    delivery.to === 'instance' && delivery.error !== undefined
      ? [`${delivery.machine} ${delivery.instanceId} (${delivery.error.code})`]
      : [],
  );
  if (failing.length > 0) return `not handled: it failed at ${failing.join(', ')}`;
  return failed ? 'not handed out' : 'not handled by anybody';
}

/** Where an event stays that nobody took. On Restate there is no log, only a buffer for each set of fields that a flow waits by. */
function staysIn({ system, restate }: OpenedSystem, event: string): string {
  if (restate === undefined) return 'It waits in the log for a flow that asks for it, until its time is up.';
  const { contract = event, ttl } = system.events[event] ?? {};
  const waits = Object.values(system.flows).flatMap((flow) => flow.waits);
  if (!waits.some((wait) => wait.event === contract)) return 'No flow waits for such an event: it is kept nowhere.';
  return `It is kept for a flow that asks for it${ttl === undefined ? '' : `, for ${ttl}`}.`;
}

async function sendOne(
  io: Io,
  opened: OpenedSystem,
  event: string,
  payload: unknown,
  key: string | undefined,
): Promise<number> {
  // Before the database is opened: what is refused leaves no trace.
  const problems = problemsOf(opened.system, event, payload);
  if (problems !== undefined) {
    throw new CliError('MR3302', `The payload of event '${event}' is not valid: ${problems}`, {
      hint: payload === undefined ? `Give one with --payload '{...}'.` : 'Nothing was sent.',
      exitCode: 1,
    });
  }
  await using sender = await Sender.open(io, opened);
  const { drives } = sender;
  const { eventId, handled, deliveries, available = [], errors = [] } = await sender.send(event, payload, key);
  if (drives) {
    await sender.settle();
  }
  const thrown = await placed(io, opened.file, await sender.thrown(eventId, deliveries));
  if (io.json) io.document({ eventId, event, handled, available, deliveries, errors, thrown, driven: drives });
  else if (handled) {
    const takers = deliveries.filter((delivery) => delivery.to !== 'instance' || delivery.handled);
    const to = takers.map((delivery) =>
      delivery.to === 'instance'
        ? `${delivery.machine} ${delivery.instanceId}`
        : delivery.to === 'run'
          ? `run ${delivery.runId}`
          : `flow ${delivery.flow}`,
    );
    io.out(`${event} ${eventId} handled by ${to.join(', ') || 'a handler'}`);
  } else {
    io.out(`${event} ${eventId} ${whyNot(deliveries, errors.length > 0)}`);
    if (available.length > 0) io.note(`The instance would take ${available.join(', ')}.`);
    else if (errors.length === 0) io.note(staysIn(opened, event));
  }
  if (!io.json) {
    for (const { code, message } of errors)
      io.note(`${io.paint(['bold', 'red'], `error ${code}`, 'note')}: ${message}`);
    for (const { machine, instanceId, message, at, source } of thrown) {
      const place = source === undefined ? at : `${at} (${source})`;
      io.note(`${io.paint('yellow', 'thrown', 'note')} in ${machine} ${instanceId} at ${place}: ${message}`);
    }
  }
  return errors.length === 0 ? 0 : 1;
}

/** The source is read again only when something went wrong. */
async function placed(io: Io, file: string, thrown: readonly Thrown[]): Promise<readonly PlacedThrown[]> {
  if (thrown.length === 0) return [];
  const { withPlaces } = await import('./places.ts');
  return await withPlaces(io.cwd, file, thrown);
}
