import type { FlowModule, FlowSchedule } from '../../flow/index.ts';
import type { TimerRow, Tx } from '../../store/index.ts';
import { encodeJson } from '../../tasks/index.ts';
import type { Context } from '../context.ts';
import { lookAt } from '../unreadable.ts';
import { dueRuns, timesOf, type Times } from '../../engine/index.ts';
import { isFinal } from '../stop.ts';

/** How long a flow that is not registered yet is put off, in ms. */
const putOff = 60_000;

/** Under which target the timers of schedules stand, a part each flow. No run id contains a space. */
const target = 'all schedules';
const keyOf = (flow: string): string => `~schedule ${flow}`;

/** What the timer of a schedule holds. */
interface Kept {
  readonly cron: string;
  readonly timeZone: string;
  /** The due time that it stands for; the timer may ring later. */
  readonly next: number;
  /** The run that was started last. */
  readonly last?: string;
  /** Was the flow registered at run time? Then it may come yet. */
  readonly registered: boolean;
}

/** When a flow starts by itself. Times are in ms since 1970. */
export interface ScheduleView {
  readonly flow: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly next: number;
  /** The run that was started last. */
  readonly last?: string;
}

/** The schedules that a database knows, the next one first. */
export function scheduleViews(timers: Pick<Tx['timers'], 'of'>): ScheduleView[] {
  return timers.of(target).flatMap((row) => {
    const kept = keptIn(row);
    if (kept === undefined) return [];
    const { cron, timeZone, next, last } = kept;
    return [{ flow: row.part, cron, timeZone, next, ...(last === undefined ? {} : { last }) }];
  });
}

/** Flows have new names: their schedules go on, with the times that were missed meanwhile. */
export function renameSchedules(tx: Pick<Tx, 'timers'>, rename: (flow: string) => string): void {
  const rows = tx.timers.of(target).filter(({ part }) => rename(part) !== part);
  for (const { key } of rows) tx.timers.remove(key);
  for (const row of rows) {
    const flow = rename(row.part);
    tx.timers.put({ ...row, key: keyOf(flow), part: flow });
  }
}

/** Undefined when it cannot be read: then its times are worked out anew, from now on. */
const keptIn = (row: TimerRow): Kept | undefined => lookAt(row.key).read<Kept>('data', row.data);

/** Starts flows when they are due. Each due time starts one run at most: its id is made of the flow and the time. */
export class Schedules {
  readonly #context: Context;
  readonly #times = new WeakMap<FlowSchedule, Times>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Sets the timers of all schedules that have none, or whose times have changed, and takes away what is no more. */
  sync(): void {
    const { writer, registry, store } = this.#context;
    const scheduled = [...registry.flows()].filter(({ schedule }) => schedule !== undefined);
    if (scheduled.length === 0 && store.tables.timers.of(target).length === 0) return;
    writer.enqueue({
      run: (tx) => {
        for (const flow of scheduled) this.#set(tx, flow);
        for (const row of tx.timers.of(target)) {
          const flow = registry.flow(row.part);
          if (flow?.schedule === undefined && (flow !== undefined || keptIn(row)?.registered !== true))
            tx.timers.remove(row.key);
        }
      },
    });
  }

  #set(tx: Tx, { contract, schedule = { cron: '' } }: FlowModule): void {
    const { clock, registry } = this.#context;
    const flow = contract.contract;
    const { cron, timeZone = 'UTC' } = schedule;
    const row = tx.timers.get(keyOf(flow));
    const kept = row && keptIn(row);
    if (row !== undefined && kept === undefined)
      this.#context.logger.error(`The schedule of flow '${flow}' cannot be read, and begins anew.`, {
        code: 'MR3020',
        flow,
      });
    if (row !== undefined && kept?.cron === cron && kept.timeZone === timeZone) {
      if (row.due !== kept.next) tx.timers.put({ ...row, due: kept.next });
      return;
    }
    const registered = registry.program('flow', flow)?.registered === true;
    const next = this.#timesOf(flow, schedule).after(clock.now());
    this.#put(tx, flow, { cron, timeZone, registered, ...last(kept?.last) }, next);
  }

  /** The time of a schedule has come. */
  ring(tx: Tx, timer: TimerRow): void {
    const { clock, registry } = this.#context;
    const name = timer.part;
    const flow = registry.flow(name);
    const now = clock.now();
    const kept = keptIn(timer);
    if (kept === undefined) {
      if (flow?.schedule !== undefined) this.#set(tx, flow);
      return;
    }
    if (flow === undefined) {
      if (kept.registered) tx.timers.put({ ...timer, due: now + putOff });
      return;
    }
    const { schedule } = flow;
    if (schedule === undefined) return;
    const times = this.#timesOf(name, schedule);
    const { wanted, missed } = dueRuns(schedule, times, kept.next, now);
    let newest = kept.last;
    const overlapping: number[] = [];
    for (const time of wanted) {
      if (schedule.overlap === 'skip' && isUnderWay(tx, newest)) overlapping.push(time);
      else newest = this.#start(tx, name, schedule, time);
    }
    this.#passOver(name, 'missed', missed);
    this.#passOver(name, 'overlap', overlapping);
    const { cron, timeZone, registered } = kept;
    this.#put(tx, name, { cron, timeZone, registered, ...last(newest) }, times.after(Math.max(now, kept.next)));
  }

  /** Starts the run of a due time, unless there is one; gives its id. */
  #start(tx: Tx, flow: string, schedule: FlowSchedule, time: number): string {
    const id = `${flow}:${new Date(time).toISOString()}`;
    if (tx.runs.get(id) !== undefined) return id;
    const input = encodeJson(schedule.input);
    this.#context.create(tx, { id, kind: 'flow', target: flow, input: input.ok ? input.value : undefined });
    const { writer, bus } = this.#context;
    writer.afterCommit(() => {
      if (bus.heard) bus.tell({ type: 'schedule.fired', flow, runId: id, due: time });
    });
    return id;
  }

  #passOver(flow: string, reason: 'missed' | 'overlap', due: readonly number[]): void {
    if (due.length === 0) return;
    const { writer, bus, logger } = this.#context;
    writer.afterCommit(() => {
      const times = due.map((time) => new Date(time).toISOString());
      logger.warn(`Runs of flow '${flow}' that were due are not started.`, { flow, reason, due: times });
      if (bus.heard) bus.tell({ type: 'schedule.missed', flow, reason, due });
    });
  }

  #timesOf(flow: string, schedule: FlowSchedule): Times {
    const known = this.#times.get(schedule) ?? timesOf(flow, schedule);
    this.#times.set(schedule, known);
    return known;
  }

  #put(tx: Tx, flow: string, kept: Omit<Kept, 'next'>, next: number | undefined): void {
    if (next === undefined) return tx.timers.remove(keyOf(flow));
    const data = JSON.stringify({ ...kept, next } satisfies Kept);
    tx.timers.put({ key: keyOf(flow), due: next, kind: 'schedule', target, part: flow, name: null, data });
  }
}

const last = (run: string | undefined): Pick<Kept, 'last'> => (run === undefined ? {} : { last: run });

function isUnderWay(tx: Tx, run: string | undefined): boolean {
  const status = run === undefined ? undefined : tx.runs.get(run)?.status;
  return status !== undefined && !isFinal(status);
}
