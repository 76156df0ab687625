import { describe, expect, it } from 'vitest';
import { history } from './history.ts';
import { mutants } from './mutants.ts';

const seeds = 120;

describe('what is broken on purpose is found', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', async (name, { foundBy, options }) => {
    const others = new Set<string>();
    for (let seed = 1; seed <= seeds; seed++) {
      const { violations } = await history(seed, options());
      const found = violations.find((violation) => foundBy.test(violation));
      if (found !== undefined) {
        if (process.env['SHOW'] !== undefined) console.log(`${name} | seed ${seed} | ${found.slice(0, 120)}`);
        return;
      }
      for (const violation of violations) others.add(violation.slice(0, 200));
    }
    expect.fail(`Not found with ${seeds} seeds. Found instead: ${[...others].slice(0, 5).join('; ')}`);
  });
});
