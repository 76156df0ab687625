/**
 * Machine steps: the compiled registers against a switch written by hand, the compiled machine in memory (queue,
 * snapshot, subscriber) against XState's, and the size of the smallest machine in a browser bundle.
 */
import { createActor, type CompiledMachine, type MachineEvent, type MachineModule } from 'millrace/machine';
import { createActor as createXstateActor, type AnyActor } from 'xstate';
import { compared, median, type Row } from '../table.ts';
import { stepDesk, stepLamp, stepMeter, type Desk, type Lamp, type Meter } from './by-hand.ts';
import { bundleSize, withCompiled } from './compile.ts';
import { xstateDesk, xstateLamp, xstateMeter } from './with-xstate.ts';

const rounds = 9;
const toggled = { id: '1' };
const ticked = { id: '1', by: 3 };
// Several events in turn: with one alone V8 folds the switch over its name away.
const lampEvents = ['toggled', 'toggled', 'unheard', 'toggled'] as const;
const meterEvents = ['ticked', 'ticked', 'unheard', 'ticked', 'ticked', 'ticked', 'ticked', 'reset'] as const;
const deskEvents = ['toggled', 'ticked', 'reset', 'ticked'];

interface Candidate {
  readonly name: string;
  readonly steps: number;
  /** Takes so many steps. */
  readonly run: (steps: number) => void;
}

/** Million steps per second of CPU time: the median of rounds in which the candidates take turns. */
function measure(candidates: readonly Candidate[]): readonly number[] {
  const speeds = candidates.map(() => [] as number[]);
  for (const { run, steps } of candidates) run(steps / 4);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { run, steps }] of candidates.entries()) {
      const before = process.cpuUsage();
      run(steps);
      const { user, system } = process.cpuUsage(before);
      speeds[index]?.push(steps / (user + system));
    }
  }
  return speeds.map(median);
}

// Each candidate has a loop of its own: V8 compiles a shared loop for the slowest mix of what runs in it.
function bareLamp({ program }: CompiledMachine<object>): Candidate['run'] {
  const cell = cellOf<object>({});
  program.enter(cell);
  return (steps) => {
    for (let step = 0; step < steps; step += 1) program.step(cell, lampEvents[step & 3] as string, toggled);
  };
}

function bareMeter({
  program,
}: CompiledMachine<{ readonly total: number; readonly rounds: number }>): Candidate['run'] {
  const cell = cellOf({ total: 0, rounds: 0 });
  program.enter(cell);
  return (steps) => {
    for (let step = 0; step < steps; step += 1) program.step(cell, meterEvents[step & 7] as string, ticked);
  };
}

function handLamp(): Candidate['run'] {
  const lamp: Lamp = { state: 'off' };
  return (steps) => {
    for (let step = 0; step < steps; step += 1) stepLamp(lamp, lampEvents[step & 3] as string);
  };
}

function handMeter(): Candidate['run'] {
  const meter: Meter = { state: 'cold', context: { total: 0, rounds: 0 } };
  return (steps) => {
    for (let step = 0; step < steps; step += 1) stepMeter(meter, meterEvents[step & 7] as string, ticked);
  };
}

function bareDesk({
  program,
  keeper,
}: CompiledMachine<{ readonly total: number; readonly rounds: number }>): Candidate['run'] {
  const context = { total: 0, rounds: 0 };
  const scope = { instanceId: '1', now: 0 };
  const cell = keeper.open(context, scope);
  program.enter(cell);
  return (steps) => {
    for (let step = 0; step < steps; step += 1) program.step(cell, deskEvents[step & 3] as string, ticked);
  };
}

function handDesk(): Candidate['run'] {
  const desk: Desk = { light: 'dark', fan: 'still', meter: 'low', context: { total: 0, rounds: 0 } };
  return (steps) => {
    for (let step = 0; step < steps; step += 1) stepDesk(desk, deskEvents[step & 3] as string, ticked);
  };
}

function cellOf<Context>(context: Context) {
  return {
    state: -1,
    context,
    done: false,
    output: undefined,
    effects: [],
    errors: [],
    queue: [],
    begin: [],
    instanceId: '1',
    now: 0,
  };
}

let seen = 0;

// Four events in turn.
function inMemory<Context>(
  machine: MachineModule<Context>,
  context: Context,
  names: readonly string[],
  payload: unknown,
): Candidate['run'] {
  const actor = createActor(machine, context);
  actor.subscribe(({ state }) => void (seen += state.length));
  const events = names.map((name) => ({ name, payload }));
  return (steps) => {
    for (let step = 0; step < steps; step += 1) actor.send(events[step & 3] as MachineEvent);
  };
}

function withXstate(actor: AnyActor, names: readonly string[], payload: object): Candidate['run'] {
  actor.subscribe(() => void (seen += 1));
  actor.start();
  const events = names.map((type) => ({ ...payload, type }));
  return (steps) => {
    for (let step = 0; step < steps; step += 1) actor.send(events[step & 3] as { readonly type: string });
  };
}

export async function run(): Promise<readonly Row[]> {
  return withCompiled(async ({ lamp, meter, desk, folder }) => {
    const unit = 'M steps/s';
    const rows: Row[] = [];
    const pair = (measured: Candidate, base: Candidate, target: string): void => {
      const [value = Number.NaN, against = Number.NaN] = measure([measured, base]);
      rows.push(
        { name: base.name, value: against, unit },
        compared(measured.name, value, unit, { name: base.name, value: against }, target),
      );
    };
    const bare = 20_000_000;
    pair(
      { name: 'toggle, compiled step', steps: bare, run: bareLamp(lamp) },
      { name: 'toggle, by hand', steps: bare, run: handLamp() },
      '>= 0.7',
    );
    pair(
      { name: 'hierarchy, compiled step', steps: bare, run: bareMeter(meter) },
      { name: 'hierarchy, by hand', steps: bare, run: handMeter() },
      '>= 0.7',
    );
    pair(
      { name: 'three regions, compiled step', steps: 5_000_000, run: bareDesk(desk) },
      { name: 'three regions, by hand', steps: bare, run: handDesk() },
      '>= 0.7',
    );
    const actors = (name: string, compiled: Candidate['run'], xstate: Candidate['run']): void =>
      pair(
        { name: `${name}, compiled actor`, steps: 2_000_000, run: compiled },
        { name: `${name}, XState actor`, steps: 100_000, run: xstate },
        '>= 30',
      );
    const start = { total: 0, rounds: 0 };
    const one = ['toggled', 'toggled', 'toggled', 'toggled'];
    actors('toggle', inMemory(lamp, {}, one, toggled), withXstate(createXstateActor(xstateLamp), one, toggled));
    const two = ['ticked', 'ticked', 'ticked', 'ticked'];
    actors('hierarchy', inMemory(meter, start, two, ticked), withXstate(createXstateActor(xstateMeter), two, ticked));
    actors(
      'three regions',
      inMemory(desk, start, deskEvents, ticked),
      withXstate(createXstateActor(xstateDesk), deskEvents, ticked),
    );
    if (seen === 0) throw new Error('No subscriber was called.');
    const kilobyte = { name: '1 kB', value: 1024 };
    const size = await bundleSize(folder, "export { lamp } from './machines/lamp.ts';");
    rows.push(compared('hello world, min + gzip', size, 'B', kilobyte, '<= 1'));
    const actor = await bundleSize(
      folder,
      "export { lamp } from './machines/lamp.ts'; export { createActor } from 'millrace/machine';",
    );
    rows.push(compared('hello world with its actor', actor, 'B', kilobyte));
    return rows;
  });
}
