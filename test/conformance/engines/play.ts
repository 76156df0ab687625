import type { Body } from '../../simulate/spec.ts';
import type { Turn } from './asking.ts';
import type { End, Engine } from './engine.ts';

/** What must come of a deed: the code with which it is refused. Absent: it is not. */
interface Refusal {
  readonly refused?: string;
}

/** One thing that is done in a case, or looked at. Without a run: run `r`. */
export type Deed =
  | ({ readonly do: 'start'; readonly run?: string; readonly flow?: string; readonly input?: unknown } & Refusal)
  | ({ readonly do: 'task'; readonly name: string; readonly input?: unknown; readonly gives?: unknown } & Refusal)
  | ({
      readonly do: 'send';
      readonly event: string;
      readonly payload: unknown;
      readonly key?: string;
      readonly handled?: boolean;
      readonly available?: readonly string[];
    } & Refusal)
  | { readonly do: 'pass'; readonly minutes: number }
  | { readonly do: 'is'; readonly run?: string; readonly status: string }
  | ({ readonly do: 'decide'; readonly approved: boolean; readonly form?: unknown; readonly run?: string } & Refusal)
  | ({ readonly do: 'cancel' | 'pause' | 'resume' | 'retry'; readonly run?: string } & Refusal)
  | { readonly do: 'crash' }
  | ({ readonly do: 'create'; readonly machine: string; readonly id: string; readonly context?: unknown } & Refusal)
  | ({ readonly do: 'rollback' | 'remove'; readonly machine: string; readonly id: string } & Refusal)
  | {
      readonly do: 'instance';
      readonly machine: string;
      readonly id: string;
      /** Its states, joined with `+`; `none`: there is no such instance. */
      readonly state?: string;
      readonly context?: unknown;
      readonly status?: string;
      readonly history?: readonly string[];
    }
  | { readonly do: 'decisions' | 'runs'; readonly are: readonly string[] }
  | { readonly do: 'steps'; readonly run?: string; readonly are: readonly string[] };

/** What any engine must do: data only, so that another engine needs nothing but an `Engine`. */
export interface EngineCase {
  readonly name: string;
  readonly body?: Body;
  /** What `start` starts. Default: `outer`, which does the body. */
  readonly flow?: string;
  /** Default: the body. */
  readonly input?: unknown;
  /** What the model does that does the step of `asking`, which gives its text, or `nothing` when the step fails. */
  readonly turns?: readonly Turn[];
  /** With the flow that starts by itself each hour. */
  readonly scheduled?: boolean;
  readonly does: readonly Deed[];
  /** The end of run `r`. */
  readonly end?: End;
  /** The steps of run `r` whose tasks were carried out, in order, with the number of the try. */
  readonly done?: readonly string[];
  /** What was done in all runs together, in the order of the alphabet, without the number of the try. */
  readonly doneInAll?: readonly string[];
  /** What the model was told last, each time that it was asked: `asked`, or what a tool gave. Each of them is paid. */
  readonly asked?: readonly string[];
}

/** Plays a case; gives what is not as it should be. */
export async function play(engine: Engine, one: EngineCase): Promise<string[]> {
  const wrong: string[] = [];
  const same = (what: string, is: unknown, should: unknown): void => {
    if (should !== undefined && JSON.stringify(is) !== JSON.stringify(should))
      wrong.push(`${what}: ${JSON.stringify(is)}, and should be ${JSON.stringify(should)}`);
  };
  for (const [index, deed] of one.does.entries()) {
    const name = `${index + 1} ${deed.do}`;
    const refused = 'refused' in deed ? deed.refused : undefined;
    try {
      await doIt(engine, one, deed, (what, is, should) => same(`${name} ${what}`, is, should));
      if (refused !== undefined) wrong.push(`${name}: taken, and should be refused with ${refused}`);
    } catch (thrown) {
      if (refused === undefined) throw thrown;
      same(name, codeOf(thrown), refused);
    }
  }
  const { end, done, doneInAll, asked } = one;
  if (end !== undefined) {
    const { error, ...is } = await engine.end('r');
    const { error: part, ...should } = end;
    same('end', is, should);
    if (part !== undefined && error?.includes(part) !== true)
      wrong.push(`error: '${String(error)}', and should have '${part}'`);
  }
  const own = engine.done().filter(({ run }) => run === 'r');
  if (done !== undefined)
    same(
      'done',
      own.map(({ step, attempt }) => `${step} ${attempt}`),
      done,
    );
  if (doneInAll !== undefined) await engine.rest();
  if (doneInAll !== undefined)
    same(
      'done in all',
      engine
        .done()
        .map(({ step }) => step)
        .sort(),
      doneInAll,
    );
  if (asked !== undefined) same('asked', engine.asked(), asked);
  return wrong;
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);

async function doIt(
  engine: Engine,
  one: EngineCase,
  deed: Deed,
  same: (what: string, is: unknown, should: unknown) => void,
): Promise<void> {
  switch (deed.do) {
    case 'start':
      return engine.start(
        deed.flow ?? one.flow ?? 'outer',
        deed.run ?? 'r',
        deed.input ?? one.input ?? { body: one.body ?? [] },
      );
    case 'task':
      return same('gives', await engine.task(deed.name, deed.input), deed.gives);
    case 'send': {
      const sent = await engine.send(deed.event, deed.payload, deed.key);
      same('handled', sent.handled, deed.handled);
      return same('available', sent.available, deed.available);
    }
    case 'pass':
      return engine.pass(deed.minutes);
    case 'is':
      return same('status', await engine.status(deed.run ?? 'r'), deed.status);
    case 'decide': {
      const said = { approved: deed.approved, by: 'ada', ...(deed.form === undefined ? {} : { form: deed.form }) };
      return engine.decide(said, deed.run);
    }
    case 'create':
      return engine.create(deed.machine, deed.id, deed.context);
    case 'rollback':
    case 'remove':
      return engine[deed.do](deed.machine, deed.id);
    case 'instance': {
      const is = await engine.instance(deed.machine, deed.id);
      same('state', is?.state.join('+') ?? 'none', deed.state);
      same('context', is?.context, deed.context);
      same('status', is?.status, deed.status);
      return same('history', is?.history, deed.history);
    }
    case 'decisions':
    case 'runs':
      return same('', await engine[deed.do](), deed.are);
    case 'steps':
      return same('', await engine.steps(deed.run ?? 'r'), deed.are);
    case 'crash':
      return engine.crash();
    default:
      return engine[deed.do](deed.run ?? 'r');
  }
}
