import type { ErrorRecord } from '../../core/index.ts';
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
import { never, RunError, type Scope, idFrom, numberFrom } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
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
import type { Record } from './records.ts';
import { repeat, type RepeatOptions } from './repeat.ts';
import { sleep } from './sleep.ts';
import { step } from './step.ts';

const nothing: ReadonlySet<string> = new Set();

/** The Host that one part of a flow sees. Its steps come one after the other, and their paths begin with `prefix`. */
export class Part implements Host {
  readonly run: LiveRun;
  readonly prefix: string;
  readonly scope: Scope;
  /** The time of the newest record that this part has seen. */
  time: number;
  /** The ids of finished steps and the numbers of their last lines, for undos. */
  readonly finished = new Map<string, number>();
  readonly #seen = new Set<string>();
  /** What the journal says happened in this part, as long as the code has not asked for it. */
  readonly #open: Set<string>;
  /** Something recorded comes after this part, so nothing new may be recorded in it. */
  readonly #sealed: boolean;
  #drawn = 0;
  /** The step that it has come to. */
  #at = '';

  constructor(run: LiveRun, prefix: string, scope: Scope, time: number, sealed: boolean) {
    this.run = run;
    this.prefix = prefix;
    this.scope = scope;
    this.time = time;
    this.#sealed = sealed;
    // What is shielded comes after everything that the flow has done, whatever is recorded.
    const recorded = scope === run.shield ? nothing : (run.children.get(prefix) ?? nothing);
    this.#open = recorded.size === 0 ? new Set() : new Set([...recorded].filter((id) => !id.startsWith('~')));
  }

  /** In what was copied from another run, that one: its code has to see what it saw. */
  get runId(): string {
    return this.run.past.originOf(this.#at) ?? this.run.id;
  }

  path(id: string): string {
    return this.prefix === '' ? id : `${this.prefix}/${id}`;
  }

  #enter(id: string): string {
    if (this.#seen.has(id)) {
      throw new RunError(
        'MR3210',
        `The step id '${id}' is used twice in one part of flow '${this.run.row.target}' (${this.prefix === '' ? 'its body' : this.prefix}). Give each step an id of its own.`,
        { fault: 'user-code' },
      );
    }
    this.#seen.add(id);
    return (this.#at = this.path(id));
  }

  /** Recorded steps must be asked for in the order in which they were recorded. */
  #early(id: string): string | undefined {
    if (!this.#open.has(id)) return undefined;
    const [first = id] = this.#open;
    this.#open.delete(id);
    return first === id || this.scope.reason !== undefined
      ? undefined
      : `it now asks for step '${this.path(id)}' before '${this.path(first)}', which came first`;
  }

  /**
   * Comes to a step that consists of parts and has no record of its own. `names` are its parts; without them it has
   * rounds.
   */
  async open(id: string, names: readonly string[] | undefined, own?: Record['kind']): Promise<string> {
    if (this.run.dead) return never();
    const path = this.#enter(id);
    const early = this.#early(id);
    if (early !== undefined) return this.diverged(early);
    if (this.scope.reason === undefined) {
      const recorded = [...(this.run.children.get(path) ?? nothing)].filter((name) => !name.startsWith('~'));
      const strange = recorded.find((name) => names?.includes(name) !== true);
      if (strange !== undefined)
        return this.diverged(`'${path}/${strange}' is recorded, and '${path}' no longer has such a part`);
      if (names !== undefined && this.rounds(path) > 0)
        return this.diverged(`'${path}' is recorded with rounds or items, and now has parts with names`);
    }
    const record = this.run.records.get(path);
    if (record === undefined || record.kind === own) return path;
    return this.diverged(`'${path}' is recorded as '${record.name ?? record.kind}', and is now something else`);
  }

  /** Comes to a step that is recorded, or is about to be. */
  async begin(id: string): Promise<{ readonly path: string; readonly record: Record | undefined }> {
    if (this.run.dead) return never();
    const path = this.#enter(id);
    const early = this.#early(id);
    if (early !== undefined) return this.diverged(early);
    const record = this.run.records.get(path);
    if (record === undefined) {
      if (this.run.held) await this.run.released();
      if (this.run.children.has(path) || this.rounds(path) > 0)
        return this.diverged(`'${path}' is recorded with steps in it, and is now a step itself`);
      if (this.scope.reason !== undefined) throw this.scope.reason;
      if (this.#sealed || this.#open.size > 0) {
        return this.diverged(
          `it now asks for step '${path}' before ${this.#sealed ? 'steps that are' : `'${[...this.#open][0]}', which is`} recorded already`,
        );
      }
    }
    return { path, record };
  }

  /** The code asks for something else than what is recorded. */
  diverged(what: string): Promise<never> {
    return this.run.block(
      new RunError(
        'MR3205',
        `Run '${this.run.id}' of flow '${this.run.row.target}' does not fit its code any more: ${what}. Bring the old code back, say in the migration's step what got another name (\`steps\` of the flow, \`tasks: { old: 'new' }\`), go back to a step before the change (\`dsl runs retry FILE ${this.run.id} --from-step STEP\`), or cancel the run with runtime.cancel('${this.run.id}').`,
        {
          fault: 'user-code',
          details: { run: this.run.id },
        },
      ),
    );
  }

  /** The part has come to its end: everything recorded must have been asked for. */
  async finish(): Promise<void> {
    if (this.run.dead) return never();
    if (this.#open.size === 0 || this.scope.reason !== undefined) return;
    await this.diverged(
      `step '${this.path([...this.#open][0] ?? '')}' is recorded, and the code no longer asks for it`,
    );
  }

  /** In how many rounds of a step something is recorded, up to the last one. */
  rounds(path: string): number {
    let rounds = 0;
    for (const round of this.run.children.get(`${path}[]`) ?? nothing) rounds = Math.max(rounds, Number(round) + 1);
    return rounds;
  }

  /** A part below this one. `followed`: something recorded comes after it inside its step. */
  part(path: string, scope: Scope, followed = false): Part {
    return new Part(this.run, path, scope, this.time, followed || this.#sealed || this.#open.size > 0);
  }

  /** A part with the paths of `prefix`, in which steps may come in any order: whoever asks for them sees to that. */
  alone(prefix: string, scope: Scope, time: number, sealed: boolean): Part {
    const inner = new Part(this.run, prefix, scope, time, sealed || this.#sealed || this.#open.size > 0);
    inner.#open.clear();
    return inner;
  }

  /** The same place, out of reach of a cancel: for what must run although everything else stops. */
  shielded(): Part {
    return new Part(this.run, this.prefix, this.run.shield, this.time, false);
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
    const seq = this.finished.get(id);
    // A step that failed and was passed over did nothing that could be undone.
    // Nor is what another run has done undone in its fork.
    if (seq !== undefined && !this.run.past.isCopied(seq))
      this.run.undos.push({ path: this.path(id), seq, call, at: options.at, time: this.time });
  }

  branch<Parts extends Readonly<globalThis.Record<string, PartOf<unknown>>>>(
    id: string,
    on: () => (keyof Parts & string) | boolean,
    parts: Parts,
    options: { readonly at: At },
  ): Promise<Awaited<ReturnType<Parts[keyof Parts]>>> {
    return branch(this, id, on, parts, options) as Promise<Awaited<ReturnType<Parts[keyof Parts]>>>;
  }

  all<Parts extends Readonly<globalThis.Record<string, PartOf<unknown>>>>(
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

  race<Parts extends Readonly<globalThis.Record<string, PartOf<unknown>>>>(
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
    return numberFrom(this.runId, this.run.origin(this.prefix), this.#drawn++);
  }

  idGen(): string {
    return idFrom(this.runId, this.run.origin(this.prefix), this.#drawn++);
  }
}
