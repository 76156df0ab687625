import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerSettings, type BreakerState, type Ended } from './breaker.ts';

/** What a breaker is, said by what has happened: slow, and with nothing kept but the list. */
class Reference {
  readonly #settings: BreakerSettings;
  /** What ended since it last closed, and what it has become since. */
  #ends: { readonly how: Ended; readonly at: number }[] = [];
  #phase: { readonly state: BreakerState; readonly since: number; probes: Ended[]; under: number } = {
    state: 'closed',
    since: 0,
    probes: [],
    under: 0,
  };
  #changes = 0;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  state(now: number): BreakerState {
    if (this.#phase.state === 'open' && now - this.#phase.since >= this.#settings.reset) this.#turn('halfOpen', now);
    return this.#phase.state;
  }

  allows(now: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'halfOpen' && this.#phase.under === 0);
  }

  begin(): number {
    this.#phase.under++;
    return this.#changes;
  }

  ended(era: number, how: Ended, now: number): void {
    if (era !== this.#changes) return;
    this.#phase.under--;
    const { failures, rate = 0, per, halfOpen } = this.#settings;
    if (this.#phase.state === 'halfOpen') {
      this.#phase.probes.push(how);
      if (how === 'bad') this.#turn('open', now);
      else if (this.#phase.probes.filter((probe) => probe === 'good').length === halfOpen) this.#turn('closed', now);
      return;
    }
    if (how === 'unknown') return;
    this.#ends.push({ how, at: now });
    if (how === 'good') return;
    if (per === undefined) {
      const row = this.#ends.slice(-failures);
      if (row.length === failures && row.every((end) => end.how === 'bad')) this.#turn('open', now);
      return;
    }
    const slot = (at: number): number => Math.floor(at / (per / 32));
    const counted = this.#ends.filter(({ at }) => slot(at) > slot(now) - 32);
    const bad = counted.filter((end) => end.how === 'bad').length;
    if (bad >= failures && bad >= rate * counted.length) this.#turn('open', now);
  }

  #turn(state: BreakerState, since: number): void {
    this.#changes++;
    this.#phase = { state, since, probes: [], under: 0 };
    if (state === 'closed') this.#ends = [];
  }
}

const settings = fc
  .record({
    failures: fc.integer({ min: 1, max: 4 }),
    rate: fc.option(fc.constantFrom(0.25, 0.5, 1), { nil: undefined }),
    per: fc.option(fc.constantFrom(320, 1000), { nil: undefined }),
    reset: fc.constantFrom(10, 500),
    halfOpen: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ rate, ...rest }) => (rest.per === undefined ? rest : { ...rest, rate }));
const action = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 9, 50, 200, 600) }),
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({ kind: fc.constant('keep' as const) }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(5),
    how: fc.oneof(
      { weight: 3, arbitrary: fc.constant('bad' as const) },
      { weight: 2, arbitrary: fc.constant('good' as const) },
      fc.constant('unknown' as const),
    ),
  }),
);

describe('Breaker', () => {
  it('does what its definition says, whatever happens', () => {
    const visited = new Set<BreakerState>();
    fc.assert(
      fc.property(settings, fc.array(action, { minLength: 20, maxLength: 80 }), (set, actions) => {
        const told: BreakerState[] = [];
        let breaker = new Breaker(set, (state) => told.push(state));
        const reference = new Reference(set);
        const under: [number, number][] = [];
        let now = 0;
        for (const act of actions) {
          if (act.kind === 'keep')
            breaker = new Breaker(set, (state) => told.push(state), JSON.parse(JSON.stringify(breaker.kept)));
          else if (act.kind === 'pass') now += act.ms;
          else if (act.kind === 'begin') {
            expect(breaker.allows(now)).toBe(reference.allows(now));
            if (breaker.allows(now)) under.push([breaker.begin(), reference.begin()]);
          } else {
            const [one] = under.splice(act.which % Math.max(1, under.length), 1);
            if (one === undefined) continue;
            breaker.ended(one[0], act.how, now);
            reference.ended(one[1], act.how, now);
          }
          expect(breaker.state(now)).toBe(reference.state(now));
          visited.add(breaker.state(now));
        }
        // Each change is told once, and they follow each other as they must.
        const next: Readonly<Record<BreakerState, readonly BreakerState[]>> = {
          closed: ['open'],
          open: ['halfOpen'],
          halfOpen: ['open', 'closed'],
        };
        let state: BreakerState = 'closed';
        for (const to of told) {
          expect(next[state]).toContain(to);
          state = to;
        }
      }),
      { numRuns: 500 },
    );
    expect(visited.size).toBe(3);
  });

  const simple = { failures: 2, reset: 100, halfOpen: 1 };

  it('does not listen to attempts of an earlier time', () => {
    const breaker = new Breaker(simple);
    const eras = [breaker.begin(), breaker.begin(), breaker.begin()];
    for (const era of eras.slice(0, 2)) breaker.ended(era, 'bad', 0);
    expect([breaker.state(0), breaker.until]).toEqual(['open', 100]);
    expect(breaker.allows(100)).toBe(true);
    const probe = breaker.begin();
    breaker.ended(eras[2] ?? 0, 'bad', 100);
    expect([breaker.state(100), breaker.allows(100)]).toEqual(['halfOpen', false]);
    breaker.ended(probe, 'good', 100);
    expect(breaker.state(100)).toBe('closed');
  });

  it('is not open for longer than its time when the clock is set back, and is open as long as it was before', () => {
    const breaker = new Breaker(simple);
    for (let n = 0; n < 2; n++) breaker.ended(breaker.begin(), 'bad', 1_000_000);
    expect(breaker.state(500)).toBe('open');
    expect(breaker.until).toBe(600);
    expect(breaker.state(600)).toBe('halfOpen');
    const kept = new Breaker(simple, undefined, 700);
    expect([kept.state(650), kept.until, kept.state(700)]).toEqual(['open', 700, 'halfOpen']);
  });
});
