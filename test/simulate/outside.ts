import type { World } from 'millrace/testing';
import { gone } from './check.ts';
import type { Spec } from './spec.ts';

/** The world outside: asks for things, and remembers what was acknowledged. */
export class Outside {
  readonly started = new Set<string>();
  readonly sent = new Map<string, { readonly name: string; readonly payload: unknown }>();
  readonly cancelled = new Set<string>();
  readonly results = new Map<string, { readonly status: string; readonly output: unknown }>();
  readonly #world: World;
  readonly #flow: string;
  readonly #specs: Readonly<Record<string, Spec>>;
  readonly #keys = new Map<string, string>();
  readonly #paused = new Set<string>();
  /** How often somebody has asked for what wakes a paused run, and how many wait for the answer. */
  #woken = 0;
  #waking = 0;
  #noted = 0;

  constructor(world: World, flow: string, specs: Readonly<Record<string, Spec>>) {
    this.#world = world;
    this.#flow = flow;
    this.#specs = specs;
  }

  async start(id: string): Promise<void> {
    this.look();
    const world = this.#world;
    const answer = await world.call(`start ${id}`, (runtime) => runtime.start(this.#flow, this.#specs[id], { id }));
    if (answer.kind === 'refused') world.wrong(`run ${id} could not be started: ${answer.code}`);
    if (answer.kind !== 'given') return;
    this.started.add(id);
    const end = await world.call(`result ${id}`, (runtime) => runtime.result(id));
    if (end.kind !== 'given' || end.value.status === 'blocked') return;
    this.results.set(id, { status: end.value.status, output: end.value.output });
  }

  async send(name: string, payload: unknown, idempotencyKey?: string): Promise<void> {
    const world = this.#world;
    const options = idempotencyKey === undefined ? {} : { idempotencyKey };
    const answer = await world.call(`send ${name}`, (runtime) => runtime.sendEvent(name, payload, options));
    if (answer.kind === 'refused') world.wrong(`${name} could not be sent: ${answer.code}`);
    if (answer.kind !== 'given') return;
    const { eventId } = answer.value;
    this.sent.set(eventId, { name, payload });
    if (idempotencyKey === undefined) return;
    const known = this.#keys.get(idempotencyKey) ?? eventId;
    if (known !== eventId) world.wrong(`key ${idempotencyKey} has published ${known} and ${eventId}`);
    this.#keys.set(idempotencyKey, eventId);
  }

  /** Tells the book something new, or, by chance, again what it was told before. */
  note(again: boolean): Promise<void> {
    const n = again && this.#noted > 0 ? 1 + Math.floor(this.#world.random() * this.#noted) : ++this.#noted;
    return this.send('noted', { id: 'b', n }, `note ${n}`);
  }

  async decide(): Promise<void> {
    for (const { runId, step } of this.#world.runtime.reader.decisions())
      await this.#world.call(`decide ${runId} ${step}`, (runtime) =>
        runtime.decide(runId, step, { approved: true, by: 'ada' }),
      );
  }

  async resume(id: string): Promise<void> {
    await this.#wake(id, () => this.#world.call(`resume ${id}`, (runtime) => runtime.resume(id)));
  }

  async cancel(id: string): Promise<void> {
    const answer = await this.#wake(id, () => this.#world.call(`cancel ${id}`, (runtime) => runtime.cancel(id)));
    if (answer.kind === 'given' && answer.value.accepted) this.cancelled.add(id);
  }

  async cancelChild(id: string): Promise<void> {
    const child = this.#world.disk.tables.runs.list({ parent: id })[0];
    if (child !== undefined) await this.#world.call(`cancel ${child.id}`, (runtime) => runtime.cancel(child.id));
  }

  async pause(id: string, inFlight: 'await' | 'abort'): Promise<void> {
    const [woken, waking] = [this.#woken, this.#waking];
    const answer = await this.#world.call(`pause ${id}`, (runtime) => runtime.pause(id, { inFlight }));
    if (answer.kind === 'given' && waking === 0 && woken === this.#woken) this.#paused.add(id);
  }

  /** What was acknowledged is there, and what was paused is. */
  look(): void {
    for (const id of this.#paused) {
      const status = this.#world.disk.tables.runs.get(id)?.status;
      if (status !== 'paused') this.#world.wrong(`run ${id} was paused, and is ${String(status)}`);
    }
    for (const wrong of gone(this.#world, this)) this.#world.wrong(wrong);
  }

  /** What is asked for may be done, although the answer is lost. */
  async #wake<T>(id: string, ask: () => Promise<T>): Promise<T> {
    this.#paused.delete(id);
    this.#woken++;
    this.#waking++;
    const answer = await ask();
    this.#waking--;
    return answer;
  }
}
