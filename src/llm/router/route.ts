import type { ModelAnswer } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { after, isBusy, type Next } from './after.ts';
import { attempt, callOf, some, type AttemptEnd } from './attempt.ts';
import { inOrder, type Candidate, type Tier } from './candidates.ts';
import type { Turn } from '../budget/line.ts';
import { asModelError, cooling, exhausted, nobody, type Unfit } from './errors.ts';
import type { Routing, Routed } from './routing.ts';
import { reasonFor } from './reason.ts';
import { Tally } from './tally.ts';
import type { Target } from './target.ts';
import { until } from './time.ts';

/** Asks those who may answer until one does. @throws ModelError when none does */
export async function route(routing: Routing): Promise<Routed> {
  const attempts = new Attempts(routing);
  try {
    return await attempts.go();
  } catch (thrown) {
    if (thrown instanceof ModelError) {
      const { kind, code, message: reason, retryAfterMs } = thrown;
      routing.core.bus.tell({ type: 'gaveUp', ...routing.about, kind, code, reason, ...some({ retryAfterMs }) });
    }
    throw thrown;
  } finally {
    attempts.leave();
  }
}

class Attempts {
  readonly #routing: Routing;
  readonly #tally = new Tally();
  readonly #tries = new Map<Target, number>();
  readonly #waits = new Map<Target, number>();
  /** Who is not asked any more for this request. */
  readonly #out = new Set<Target>();
  readonly #avoid = new Set<Target>();
  #last: ModelError | undefined;
  /** Why the budget did not let through the last one that was to be asked, and how often it did not. */
  #refused: ModelError | undefined;
  #refusals = 0;
  readonly #unpaid = new Set<Target>();
  /** Who would be asked if others had not set money aside. */
  readonly #held = new Set<Candidate>();
  readonly #turn: Turn;
  /** How long others are waited for: who asks has to hear of it before its time is over. */
  readonly #patient: number;
  #lastTarget: Target | undefined;
  /** Whether something of an answer was heard: of this try, or of one before. */
  #told: 'now' | 'before' | undefined;

  constructor(routing: Routing) {
    this.#routing = routing;
    const { books, core, deadline } = routing;
    this.#turn = books.budget.turn();
    this.#patient = deadline - Math.min(1_000, (deadline - core.time.now()) / 20);
  }

  /** Waits for nothing any more. */
  leave(): void {
    this.#turn.leave();
  }

  async go(): Promise<Routed> {
    const { tiers, wanted } = this.#routing;
    let { instead } = this.#routing;
    let tier: Tier | undefined;
    for (const [index, make] of tiers.entries()) {
      tier = await make();
      if (index === 0 && tier.candidates.length === 0) throw nobody(wanted, tier.unfit);
      const refusals = this.#refusals;
      const routed = await this.#through(tier, instead);
      if (routed !== undefined) return routed;
      if (tier.candidates.length === 0) continue;
      // A lower role is asked because the budget does not pay for a higher one, and for nothing else.
      if (this.#refusals === refusals) break;
      instead = `instead of ${wanted.name}: ${this.#refused?.message ?? ''}`;
    }
    throw this.#failure(tier);
  }

  /** One tier, until somebody answers or nobody of it is left. */
  async #through(tier: Tier, instead: string): Promise<Routed | undefined> {
    const { core, deadline, over, wanted, about, wish } = this.#routing;
    for (;;) {
      if (over.aborted) throw over.reason;
      const left = this.#ordered(tier);
      if (left.length === 0) {
        if (this.#held.size === 0) return undefined;
        await this.#room(tier);
        continue;
      }
      const waits = (at: number): void =>
        core.bus.tell({ type: 'waiting', ...about, ...(at === Number.POSITIVE_INFINITY ? {} : { until: at }) });
      const taken = await core.pool.take(left, deadline, over, waits);
      if (taken === 'rethink') continue;
      if ('freeAt' in taken) {
        const wait = Math.max(0, taken.freeAt - core.time.now());
        throw cooling(wanted, wait, this.#last ?? left[0]?.target.lastError, this.#tally.asked);
      }
      const candidate = left.find(({ target }) => target === taken.target);
      if (candidate === undefined) throw new Error('A ticket of somebody who was not asked for.');
      const reason = reasonFor({ tier, candidate, left, instead, asked: this.#tally.asked, wish, route: core.route });
      core.bus.tell({ type: 'chosen', ...nameOf(candidate), ...about, ...some({ role: tier.role }), reason });
      const end = await this.#ask(candidate, taken);
      if (end === undefined) continue;
      const failed = end.error === undefined ? undefined : this.#decide(end.error, end.overrun, candidate, tier);
      // Whoever waits is let in when it is decided who is left alone, and not before.
      core.pool.goOn(taken.target);
      if (end.answer !== undefined) return this.#routed(end, end.answer, candidate, reason);
      if (failed !== undefined) await this.#heed(failed, end.overrun, tier);
    }
  }

  /** Waits until others have given back enough of what they had set aside. */
  async #room(tier: Tier): Promise<void> {
    const { core, books, over, about, options } = this.#routing;
    const calls = [...this.#held].flatMap((candidate) =>
      candidate.most === undefined ? [] : [{ call: { id: '', ...callOf(candidate, options) }, most: candidate.most }],
    );
    core.bus.tell({ type: 'waiting', ...about });
    const patience = { time: core.time, until: this.#patient, signal: over };
    if (!(await books.budget.room(this.#turn, calls, patience))) {
      for (const { target } of this.#held) this.#unpaid.add(target);
      throw this.#failure(tier);
    }
    this.#held.clear();
  }

  #ordered(tier: Tier): readonly Candidate[] {
    const { core } = this.#routing;
    const left = tier.candidates.filter(
      (one) => !this.#out.has(one.target) && !this.#held.has(one) && one.target.upstream.unready === undefined,
    );
    if (left.length < 2) return left;
    const sorted = inOrder(left, core.route, core.time.now());
    const avoided = ({ target }: Candidate): boolean => this.#avoid.has(target);
    return this.#avoid.size === 0
      ? sorted
      : [...sorted.filter((one) => !avoided(one)), ...sorted.filter((one) => avoided(one))];
  }

  /** Asks one. Nothing, when the budget did not let it. */
  async #ask(candidate: Candidate, ticket: ReturnType<Target['begin']>): Promise<AttemptEnd | undefined> {
    const { core, books, options, over, wanted, about, hear } = this.#routing;
    if (this.#told !== undefined) this.#told = 'before';
    let end: AttemptEnd;
    try {
      end = await attempt({
        candidate,
        options,
        books,
        time: core.time,
        over,
        turn: this.#turn,
        stallMs: core.route.stallMs,
        hear: (event) => {
          // Who only begins and fails changes nothing of what was heard.
          if (this.#told === 'before') hear({ type: 'restart' });
          this.#told = 'now';
          hear(event);
        },
      });
    } catch (thrown) {
      core.pool.drop(ticket);
      if (over.aborted) throw over.reason;
      const refused = asModelError(thrown, wanted, 'budget');
      if (!(refused instanceof ModelError) || refused.kind !== 'budget') throw refused;
      this.#refused = refused;
      if (refused.retryable) {
        this.#held.add(candidate);
        return undefined;
      }
      this.#out.add(candidate.target);
      this.#refusals += 1;
      this.#unpaid.add(candidate.target);
      const { code, message: reason } = refused;
      core.bus.tell({ type: 'refused', ...nameOf(candidate), ...about, code, reason });
      return undefined;
    }
    // It gave up its place in the line when it had its money.
    this.#held.clear();
    const { answer, error, took, usage, paid } = end;
    const { tokens } = candidate;
    // What was ended by us says nothing of who was asked.
    const ours = over.aborted || error?.kind === 'budget' || error?.kind === 'aborted';
    core.pool.end(ticket, {
      ok: answer !== undefined,
      took,
      ...(error === undefined || ours ? {} : { error, unwell: isUnwell(error) }),
      tokens: answer === undefined ? (paid ? tokens : 0) : usage.total,
    });
    if (answer !== undefined) core.learn(candidate, usage);
    this.#tally.add(candidate, end);
    return end;
  }

  #routed(end: AttemptEnd, answer: ModelAnswer, by: Candidate, reason: string): Routed {
    const { core, about } = this.#routing;
    const { took, usage, cost } = end;
    core.bus.tell({ type: 'answered', ...nameOf(by), ...about, took, usage, ...some({ cost }) });
    return {
      answer,
      by,
      ...this.#tally.sum(),
      reason,
      asked: this.#tally.asked,
      ...some({ overrun: end.overrun }),
    };
  }

  /** What the policy says after a failure, with what holds for all from now on. */
  #decide(error: ModelError, overrun: ModelError | undefined, candidate: Candidate, tier: Tier): Next {
    const { core, over, books, about, deadline } = this.#routing;
    if (over.aborted) return { does: 'stop', reason: 'it was called off' };
    const { target } = candidate;
    const now = core.time.now();
    const told = isBusy(error) && error.retryAfterMs !== undefined;
    if (isBusy(error) && !told) target.strikes += 1;
    const waits = (this.#waits.get(target) ?? 0) + (told ? 1 : 0);
    this.#waits.set(target, waits);
    const tries = (this.#tries.get(target) ?? 0) + (told ? 0 : 1);
    this.#tries.set(target, tries);
    const others = this.#ordered(tier).some(
      (other) =>
        other.target !== target && !this.#avoid.has(other.target) && other.target.freeAt(now, other.tokens) <= now,
    );
    const shut = target.breaker.state(now) === 'open';
    const { strikes } = target;
    const failed = { error, tries, waits, strikes, left: deadline - now, others, shut, random: books.random };
    // A budget that is overrun now lets nothing more through.
    const next: Next = overrun === undefined ? after(failed, core.route) : { does: 'stop', reason: overrun.message };
    this.#last = error;
    this.#lastTarget = target;
    this.#apply(next, candidate, tier, now);
    core.bus.tell({
      type: 'failed',
      ...nameOf(candidate),
      ...about,
      kind: error.kind,
      code: error.code,
      does: next.does,
      reason: next.reason,
      ...some({ waitMs: next.waitMs }),
    });
    return next;
  }

  /** Stops or waits, as was decided. */
  async #heed({ does, waitMs }: Next, overrun: ModelError | undefined, tier: Tier): Promise<void> {
    const { core, over, deadline } = this.#routing;
    if (over.aborted) throw over.reason;
    if (does === 'stop') throw overrun ?? this.#failure(tier);
    if (waitMs !== undefined) await until(core.time, Math.min(core.time.now() + waitMs, deadline), over);
  }

  #apply(next: Next, { target, facts }: Candidate, tier: Tier, now: number): void {
    const { pool } = this.#routing.core;
    if (next.disable === true) pool.disable(target.upstream, this.#last?.message ?? next.reason);
    if (next.cool !== undefined)
      pool.cool(target, now + next.cool.ms, this.#last?.message ?? next.reason, next.cool.all === true);
    if (next.avoid === true) this.#avoid.add(target);
    if (next.out === undefined) return;
    for (const other of tier.candidates) {
      const same =
        next.out === 'target'
          ? other.target === target
          : next.out === 'provider'
            ? other.target.upstream === target.upstream
            : other.facts.contextTokens <= facts.contextTokens;
      if (same) this.#out.add(other.target);
    }
  }

  /** What is thrown when nobody is left. */
  #failure(tier: Tier | undefined): ModelError {
    if (this.#last === undefined) return this.#refused ?? nobody(this.#routing.wanted, unreadyOf(tier));
    // The one that failed last would have been asked again, if the budget had let it.
    if (this.#refused !== undefined && this.#lastTarget !== undefined && this.#unpaid.has(this.#lastTarget))
      return exhausted(this.#refused, this.#tally.asked);
    return this.#tally.asked.length < 2 ? this.#last : exhausted(this.#last, this.#tally.asked);
  }
}

/** Those whose key was refused while the request waited. */
const unreadyOf = (tier: Tier | undefined): readonly Unfit[] =>
  (tier?.candidates ?? []).map(({ target: { provider, model, upstream } }) => ({
    provider,
    model,
    sort: 'unready',
    why: upstream.unready ?? 'it has failed',
  }));

const nameOf = ({ target: { provider, model } }: Candidate) => ({ provider, model });

const unwellKinds: ReadonlySet<ModelError['kind']> = new Set([
  'overloaded',
  'network',
  'timeout',
  'truncated',
  'server',
]);

/** Whether a failure says something of the health of who failed: a no is an answer, and a limit has a time of its own. */
const isUnwell = ({ kind }: ModelError): boolean => unwellKinds.has(kind);
