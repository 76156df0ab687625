import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract } from '../../flow/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { checkOptions, checkSupported, unsupportedOf } from './check.ts';

const shape = { input: z.void(), output: z.void() };
const plain = taskContract('plain', { ...shape, policy: { priority: 0 }, source: 'shop.dsl.ts:3:1' });
const urgent = taskContract('urgent', { ...shape, policy: { priority: 2 }, source: 'shop.dsl.ts:5:7' });
const booked = taskContract('booked', {
  ...shape,
  policy: {},
  source: 'shop.dsl.ts:9:7',
  evidence: {
    claims: [
      { kind: 'fileExists', options: { path: 'a' } },
      { kind: 'row', options: { resource: 'books', table: 'bookings', where: { id: 1 } } },
    ],
  },
});

const system = (more: Partial<BoundSystem>): BoundSystem => ({
  kind: 'bound-system',
  name: 'shop',
  version: '1.0.0',
  hash: 'h',
  source: '../../systems/shop.dsl.ts',
  events: {},
  tasks: {},
  flows: {},
  machines: {},
  implementations: {},
  ...more,
});

describe('what Restate cannot do', () => {
  it('is refused all at once, each with its place and what to do', () => {
    const bad = system({ tasks: { plain, urgent, booked }, retention: { runs: { keep: 3, maxAge: '1d' } } });
    expect(unsupportedOf(bad).map(({ code, source }) => [code, source])).toEqual([
      ['MR5260', 'shop.dsl.ts:9:7'],
      ['MR5261', 'shop.dsl.ts:5:7'],
      ['MR5262', 'shop.dsl.ts'],
    ]);
    expect(() => checkSupported(bad)).toThrow(
      /says 3 things that Restate cannot do:\nshop\.dsl\.ts:9:7: MR5260 On Restate the task 'booked' cannot have evidence/,
    );
  });

  it('is nothing of a system that has only what both engines do', () => {
    expect(() => checkSupported(system({ tasks: { plain }, retention: { runs: { maxAge: '1d' } } }))).not.toThrow();
  });

  it('names the option that means nothing, and the one that was meant', () => {
    expect(() => checkOptions({ workers: true }, ['clock'])).toThrow(
      "The option 'workers' means nothing on Restate: every endpoint makes attempts",
    );
    expect(() => checkOptions({ clok: 1, workers: true, maxLost: 3 }, ['clock'])).toThrow(
      expect.objectContaining({
        code: 'MR5263',
        message: expect.stringMatching(/Did you mean 'clock'\?\n.*'workers'.*\n.*'maxLost'/),
      }),
    );
    expect(() => checkOptions({ clok: 1 }, ['clock'])).toThrow("Did you mean 'clock'?");
    expect(() => checkOptions({ clock: 1 }, ['clock'])).not.toThrow();
  });
});
