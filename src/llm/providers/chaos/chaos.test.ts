import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../testing/simulated-clock.ts';
import { seededRandom } from '../../../testing/random.ts';
import { collect } from '../../collect.ts';
import type { ModelError } from '../../errors.ts';
import { scriptedProvider } from '../scripted/index.ts';
import { chaosProvider, type ChaosOptions } from './index.ts';

const request = { model: 'm', maxOutputTokens: 50, messages: [{ role: 'user', text: 'Where?' }] } as const;

async function play(options: Omit<ChaosOptions, 'random'>, calls: number, seed = 7): Promise<readonly string[]> {
  const inner = scriptedProvider(() => 'yes');
  const provider = chaosProvider(inner, { random: seededRandom(seed), ...options });
  const outcomes: string[] = [];
  for (let call = 0; call < calls; call++)
    outcomes.push(
      await collect(provider.ask(request)).then(
        ({ text }) => text,
        (error: ModelError) => `${error.kind} ${error.mayHaveCost}`,
      ),
    );
  return outcomes;
}

describe('a provider to which things happen', () => {
  const faults = { rateLimit: 0.2, server: 0.2, cut: 0.2 };

  it('lets each thing happen to its share, and the rest goes well', async () => {
    const outcomes = await play({ faults }, 1_000);
    for (const outcome of ['rateLimit false', 'server false', 'truncated true'])
      expect(outcomes.filter((one) => one === outcome).length).toBeGreaterThan(150);
    expect(outcomes.filter((one) => one === 'yes').length).toBeGreaterThan(340);
  });

  it('does the same for the same seed, and something else for another', async () => {
    const first = await play({ faults }, 50);
    expect(await play({ faults }, 50)).toEqual(first);
    expect(await play({ faults }, 50, 8)).not.toEqual(first);
  });

  it.each(['stalled', 'silent'] as const)('is %s until the patience is over, or who asked gives up', async (fault) => {
    const clock = new SimulatedClock();
    const scheduler = {
      now: () => clock.now(),
      soon: (work: () => void) => void setImmediate(work),
      after: (ms: number, work: () => void) => clock.at(clock.now() + ms, work),
      every: () => ({ stop: () => {}, hold: () => {} }),
    };
    const options = { random: () => 0, faults: { [fault]: 1 }, delayMs: [100, 100], scheduler } as const;
    const provider = chaosProvider(
      scriptedProvider(() => 'yes'),
      options,
    );
    const ended = collect(provider.ask(request)).catch((error: ModelError) => [error.kind, clock.now()]);
    const from = clock.now();
    await clock.runUntilIdle();
    expect(await ended).toEqual(['timeout', from + 60_100]);
    const controller = new AbortController();
    const given = collect(provider.ask(request, { signal: controller.signal })).catch(
      (error: ModelError) => error.kind,
    );
    await clock.advance(200);
    controller.abort();
    expect(await given).toBe('aborted');
    expect(clock.pending).toBe(0);
  });

  it('says what to wait where that is wanted', async () => {
    const provider = chaosProvider(scriptedProvider([]), {
      random: () => 0.5,
      faults: { overloaded: 1 },
      retryAfterMs: [100, 300],
    });
    await expect(collect(provider.ask(request))).rejects.toMatchObject({ kind: 'overloaded', retryAfterMs: 200 });
  });

  it.each([[{ cut: 0.6, server: 0.5 }], [{ cut: -1 }], [{ nothing: 0.1 }]])('refuses %j', (faults) => {
    const make = () => chaosProvider(scriptedProvider([]), { random: () => 0, faults: faults as object });
    expect(make).toThrow(expect.objectContaining({ code: 'MR4047' }));
  });
});
