/**
 * Machine steps: the compiled registers against a switch written by hand, the compiled machine in memory (queue,
 * snapshot, subscriber) against other libraries in the same process, and what machines weigh in a browser bundle.
 */
import { createActor, type CompiledMachine, type MachineEvent, type MachineModule } from 'millrace/machine';
import { createActor as createXstateActor, type AnyActor } from 'xstate';
import { compared, median, type Row } from '../table.ts';
import { stepDesk, stepLamp, stepMeter, type Desk, type Lamp, type Meter } from './by-hand.ts';
import { withCompiled } from './compile.ts';
import { sizes } from './sizes.ts';
import { robotLamp, robotMeter, type RobotService } from './with-robot.ts';
import { nextDesk, nextLamp, nextMeter, type NextActor } from './with-xstate-next.ts';
import { xstateDesk, xstateLamp, xstateMeter } from './with-xstate.ts';

const rounds = 7;
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

function withXstateNext(actor: NextActor, names: readonly string[], payload: object): Candidate['run'] {
  actor.subscribe(() => void (seen += 1));
  actor.start();
  const events = names.map((type) => ({ ...payload, type }));
  return (steps) => {
    for (let step = 0; step < steps; step += 1) actor.send(events[step & 3] as { readonly type: string });
  };
}

function withRobot(
  make: (onChange: () => void) => RobotService,
  names: readonly string[],
  payload: object,
): Candidate['run'] {
  const service = make(() => void (seen += 1));
  const events = names.map((type) => ({ ...payload, type }));
  return (steps) => {
    for (let step = 0; step < steps; step += 1) service.send(events[step & 3] as { readonly type: string });
  };
}

const unit = 'M steps/s';

/** The first is what the others are compared with; a target is for the second. */
function against(base: Candidate, others: readonly Candidate[], target: string): readonly Row[] {
  const [value = Number.NaN, ...values] = measure([base, ...others]);
  const of = { name: base.name, value };
  return [
    { ...of, unit },
    ...others.map(({ name }, index) =>
      compared(name, values[index] ?? Number.NaN, unit, of, index === 0 ? target : undefined),
    ),
  ];
}

export async function run(): Promise<readonly Row[]> {
  return withCompiled(async ({ lamp, meter, desk, folder }) => {
    const bare = 20_000_000;
    const byHand = (name: string, hand: Candidate['run'], compiled: Candidate['run']): readonly Row[] =>
      against(
        { name: `${name}, by hand`, steps: bare, run: hand },
        [{ name: `${name}, compiled step`, steps: bare, run: compiled }],
        '>= 0.7',
      );
    const actors = (
      name: string,
      compiled: Candidate['run'],
      xstate: Candidate['run'],
      next: Candidate['run'],
      robot?: Candidate['run'],
    ): readonly Row[] =>
      against(
        { name: `${name}, XState 5 actor`, steps: 80_000, run: xstate },
        [
          { name: `${name}, compiled actor`, steps: 2_000_000, run: compiled },
          { name: `${name}, XState 6 alpha actor`, steps: 80_000, run: next },
          ...(robot === undefined ? [] : [{ name: `${name}, robot3`, steps: 300_000, run: robot }]),
        ],
        '>= 30',
      );
    const start = { total: 0, rounds: 0 };
    const one = ['toggled', 'toggled', 'toggled', 'toggled'];
    const two = ['ticked', 'ticked', 'ticked', 'ticked'];
    const rows = [
      ...byHand('toggle', handLamp(), bareLamp(lamp)),
      ...byHand('hierarchy', handMeter(), bareMeter(meter)),
      ...byHand('three regions', handDesk(), bareDesk(desk)),
      ...actors(
        'toggle',
        inMemory(lamp, {}, one, toggled),
        withXstate(createXstateActor(xstateLamp), one, toggled),
        withXstateNext(nextLamp(), one, toggled),
        withRobot(robotLamp, one, toggled),
      ),
      ...actors(
        'hierarchy',
        inMemory(meter, start, two, ticked),
        withXstate(createXstateActor(xstateMeter), two, ticked),
        withXstateNext(nextMeter(), two, ticked),
        withRobot(robotMeter, two, ticked),
      ),
      ...actors(
        'three regions',
        inMemory(desk, start, deskEvents, ticked),
        withXstate(createXstateActor(xstateDesk), deskEvents, ticked),
        withXstateNext(nextDesk(), deskEvents, ticked),
      ),
    ];
    if (seen === 0) throw new Error('No subscriber was called.');
    return [...rows, ...(await sizes(folder))];
  });
}
