import type { ObjectContext, ObjectSharedContext } from '@restatedev/restate-sdk';
import { checkLimits, settingsOf, type Ended, type LimitSettings } from '../../engine/index.ts';
import type { Place } from '../contract.ts';
import type { AnyService } from '../endpoint/serve.ts';
import { json } from '../json.ts';
import { plumbing } from '../plumbing.ts';
import { handlers, object } from '../sdk.ts';
import { Gate, type Answer, type Asker, type GateKept, type Times } from './gate.ts';

/** What is said of an attempt that has ended, or is called off. */
export interface LeaveAsks {
  readonly token: string;
  readonly how: Ended;
}

type Entered = Answer | { readonly state: 'wait' };

/** How long a place is held without a sign of life, in real ms: as long as one waits for who was killed. */
const usualLeaseMs = 15_000;

/**
 * The virtual objects that keep the limits of tasks, one for each task.
 *
 * @throws MillraceError MR3275 for a limit that nothing could ever pass, MR3002 for what is no duration.
 */
export function limitServices(place: Place, { leaseMs = usualLeaseMs } = {}): readonly AnyService[] {
  const { clock, names, registry, real } = place;
  checkLimits(Object.values(place.system.tasks), {});
  const wall = clock.wall ?? clock;
  const limits = new Map<string, LimitSettings | undefined>();
  const limitsOf = (task: string): LimitSettings | undefined => {
    const contract = limits.has(task) ? undefined : registry.task(task);
    if (!limits.has(task)) limits.set(task, contract && settingsOf(contract.policy, `task '${task}'`));
    return limits.get(task);
  };

  /** Does something at a gate, tells who is concerned, and comes back when time may change something. */
  async function at<T>(ctx: ObjectContext, work: (gate: Gate) => T, rang?: number): Promise<T> {
    const kept = await ctx.get<GateKept>('gate');
    const set = await ctx.get<number>('alarm');
    const before = set === rang ? null : set;
    const times = await ctx.run('now', (): Times => ({ now: clock.now(), wall: wall.now() }));
    const gate = new Gate(ctx.key, limitsOf(ctx.key), kept ?? undefined, times, leaseMs);
    const result = work(gate);
    ctx.set('gate', gate.kept);
    for (const { asker, answer } of gate.calls) tell(ctx, asker, answer);
    const next = gate.next(real);
    if (next !== undefined) {
      const alarm = times.wall + next;
      if (before === null || before > alarm || before <= times.wall) {
        ctx.set('alarm', alarm);
        ctx.genericSend({
          service: names.limits,
          key: ctx.key,
          method: 'look',
          parameter: alarm,
          inputSerde: json(),
          delay: next,
        });
      }
    }
    return result;
  }

  const gates = object({
    name: names.limits,
    handlers: {
      enter: (ctx: ObjectContext, asker: Asker): Promise<Entered> => at(ctx, (gate) => gate.enter(asker)),
      leave: (ctx: ObjectContext, { token, how }: LeaveAsks): Promise<void> =>
        at(ctx, (gate) => gate.leave(token, how)),
      renew: (ctx: ObjectContext, { token }: { readonly token: string }): Promise<boolean> =>
        at(ctx, (gate) => gate.renew(token)),
      look: (ctx: ObjectContext, rang: number): Promise<void> => at(ctx, (gate) => gate.look(), rang),
      /** Waits for the turn of somebody who is no handler. */
      turn: handlers.object.shared(async (ctx: ObjectSharedContext, asks: Asker): Promise<Answer> => {
        const asker: Asker = { ...asks, invocation: ctx.request().id, signal: 'turn' };
        const entered = await ctx.genericCall<Asker, Entered>({
          service: names.limits,
          key: ctx.key,
          method: 'enter',
          parameter: asker,
          inputSerde: json(),
          outputSerde: json(),
        });
        return entered.state === 'wait' ? ctx.signal<Answer>('turn', json()) : entered;
      }),
    },
    options: { ...plumbing, idempotencyRetention: { minutes: 5 } },
  });
  return [gates];
}

function tell(ctx: ObjectContext, { invocation, signal }: Asker, answer: Answer): void {
  ctx
    .invocation(invocation as Parameters<typeof ctx.invocation>[0])
    .signal<Answer>(signal, json())
    .resolve(answer);
}
