import type { ErrorRecord } from '../../core/index.ts';
import { idFrom, numberFrom, RunError, type Scope } from '../../engine/index.ts';
import type {
  AnyEvent,
  Approval,
  ApproveOptions,
  At,
  Call,
  GraphFailure,
  GraphNodes,
  GraphOptions,
  GraphValue,
  Host,
  Part as PartOf,
  Schema,
  Winner,
} from '../../flow/index.ts';
import type { Run } from '../runs/run.ts';
import { all } from './all.ts';
import { approve } from './approve.ts';
import { attempt } from './attempt.ts';
import { branch } from './branch.ts';
import type { CallOptions } from './call.ts';
import { child } from './child.ts';
import { emit } from './emit.ts';
import { graph } from './graph.ts';
import { map } from './map.ts';
import { race } from './race.ts';
import { receive, type ReceiveOptions } from './receive.ts';
import { repeat, type RepeatOptions } from './repeat.ts';
import { sleep } from './sleep.ts';
import { step } from './step.ts';

/** The Host that one part of a flow sees. Its steps come one after the other, and their paths begin with `prefix`. */
export class Part implements Host {
  readonly run: Run;
  readonly prefix: string;
  readonly scope: Scope;
  /** The time of the newest thing that happened in this part, by its record. */
  time: number;
  /** The ids of finished steps, and as the how manieth of the run each ended, for undos. */
  readonly finished = new Map<string, number>();
  readonly #seen = new Set<string>();
  #drawn = 0;

  constructor(run: Run, prefix: string, scope: Scope, time: number) {
    this.run = run;
    this.prefix = prefix;
    this.scope = scope;
    this.time = time;
  }

  get runId(): string {
    return this.run.id;
  }

  path(id: string): string {
    return this.prefix === '' ? id : `${this.prefix}/${id}`;
  }

  /** Comes to a step that consists of parts, and gives its path: these see by themselves whether they may still begin. */
  open(id: string): string {
    if (this.#seen.has(id)) {
      throw new RunError(
        'MR3210',
        `The step id '${id}' is used twice in one part of flow '${this.run.program.target}' (${this.prefix === '' ? 'its body' : this.prefix}). Give each step an id of its own.`,
        { fault: 'user-code' },
      );
    }
    this.#seen.add(id);
    return this.path(id);
  }

  /** Comes to a step that does something or waits, and gives its path. Throws when the part is to stop. */
  begin(id: string): string {
    const path = this.open(id);
    if (this.scope.reason !== undefined) throw this.scope.reason;
    return path;
  }

  /** Notes that a step has ended well, at `at` by its record. */
  done(id: string, at: number): void {
    this.time = at;
    this.finished.set(id, this.run.nextOrder());
  }

  /** A part below this one. */
  part(path: string, scope: Scope): Part {
    return new Part(this.run, path, scope, this.time);
  }

  /** The same place, out of reach of a cancel: for what must run although everything else stops. */
  shielded(): Part {
    return new Part(this.run, this.prefix, this.run.shield, this.time);
  }

  /** `file:line:column` of a place in the flow's file. */
  source(at: At): string {
    return this.run.program.source.replace(/\d+:\d+$/, at);
  }

  /** Does whatever is called for. */
  call(id: string, call: () => Call<unknown>, at: At): Promise<unknown> {
    return step(this, id, call, { at });
  }

  step<Result>(id: string, call: () => Call<Result>, options: CallOptions): Promise<Result> {
    return step(this, id, call, options) as Promise<Result>;
  }

  child<Result>(id: string, call: () => Call<Result>, options: CallOptions): Promise<Result> {
    return child(this, id, call, options) as Promise<Result>;
  }

  undo(id: string, call: () => Call<unknown>, options: { readonly at: At }): void {
    const order = this.finished.get(id);
    // A step that failed and was passed over did nothing that could be undone.
    if (order === undefined) return;
    const { run, time } = this;
    const path = this.path(id);
    const carryOut = (): Promise<unknown> => new Part(run, path, run.shield, time).call('~undo', call, options.at);
    run.undos.push({ path, order, carryOut });
  }

  branch<Parts extends Readonly<Record<string, PartOf<unknown>>>>(
    id: string,
    on: () => (keyof Parts & string) | boolean,
    parts: Parts,
    options: { readonly at: At },
  ): Promise<Awaited<ReturnType<Parts[keyof Parts]>>> {
    return branch(this, id, on, parts, options) as Promise<Awaited<ReturnType<Parts[keyof Parts]>>>;
  }

  all<Parts extends Readonly<Record<string, PartOf<unknown>>>>(
    id: string,
    parts: Parts,
    options: { readonly at: At; readonly concurrency?: number },
  ): Promise<{ readonly [K in keyof Parts]: Parts[K] extends PartOf<infer Value> ? Value : never }> {
    return all(this, id, parts, options) as never;
  }

  map<Item, Value>(
    id: string,
    over: () => readonly Item[],
    part: PartOf<Value, [item: Item, index: number]>,
    options: { readonly at: At; readonly concurrency?: number },
  ): Promise<readonly Value[]> {
    return map(this, id, over, part, options);
  }

  repeat<Value>(
    id: string,
    part: PartOf<Value, [index: number]>,
    until: (value: Value, index: number) => boolean,
    options: RepeatOptions,
  ): Promise<Value> {
    return repeat(this, id, part, until, options);
  }

  graph<Done, Failure extends GraphFailure = 'failFast'>(
    id: string,
    nodes: (g: GraphNodes<{}>) => GraphNodes<Done>,
    options: GraphOptions<Failure>,
  ): Promise<GraphValue<Done, Failure>> {
    return graph(this, id, nodes as (g: GraphNodes<unknown>) => unknown, options) as Promise<GraphValue<Done, Failure>>;
  }

  race<Parts extends Readonly<Record<string, PartOf<unknown>>>>(
    id: string,
    parts: Parts,
    options: { readonly at: At },
  ): Promise<Winner<Parts>> {
    return race(this, id, parts, options) as Promise<Winner<Parts>>;
  }

  attempt<Value, Handled>(
    id: string,
    part: PartOf<Value>,
    handler: PartOf<Handled, [error: ErrorRecord]>,
    _options: { readonly at: At },
  ): Promise<Value | Handled> {
    return attempt(this, id, part, handler);
  }

  sleep(id: string, time: string | (() => string), options: { readonly at: At }): Promise<void> {
    return sleep(this, id, time, options.at);
  }

  receive<Payload>(id: string, event: AnyEvent, options: ReceiveOptions): Promise<Payload> {
    return receive(this, id, event, options) as Promise<Payload>;
  }

  approve<Form extends Schema>(id: string, options: ApproveOptions<Form>): Promise<Approval<Form>> {
    return approve(this, id, options) as Promise<Approval<Form>>;
  }

  emit(id: string, call: () => Call<void>, options: { readonly at: At }): Promise<void> {
    return emit(this, id, call, options.at);
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return numberFrom(this.runId, this.prefix, this.#drawn++);
  }

  idGen(): string {
    return idFrom(this.runId, this.prefix, this.#drawn++);
  }
}
