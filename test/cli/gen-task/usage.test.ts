import { expect, test } from 'vitest';
import { stackTrace } from '../dsl.ts';
import { filesOf, shop } from './project.ts';

test.each([
  [['shop.dsl.ts'], 2, /error MR2003: .*which tasks/],
  [['shop.dsl.ts', 'priceBaskt'], 2, /error MR2017: .*no task 'priceBaskt'[^]*Did you mean 'priceBasket'/],
  [['shop.dsl.ts', 'priceBasket', '--all'], 2, /error MR2003: .*--all/],
  [['shop.dsl.ts', 'priceBasket', '--max-cost', 'much'], 2, /error MR2003: .*amount/],
  [['shop.dsl.ts', 'priceBasket', '--max-cost', '-1'], 2, /error MR2003/],
  [['shop.dsl.ts', 'priceBasket', '--provider', 'antropic'], 2, /error MR2054: .*no provider 'antropic'/],
  [['shop.dsl.ts', 'priceBasket', '--concurrency', '0'], 2, /error MR2003/],
  [['none.dsl.ts', '--all'], 1, /none\.dsl\.ts/],
  [['shop.dsl.ts', 'priceBasket', '--check', '--dry-run'], 2, /error MR2003/],
])(
  'refuses %j',
  async (args, code, words) => {
    using it = shop();
    const before = filesOf(it);
    const done = await it.dsl(['gen-task', ...args]);
    expect(done.stderr).toMatch(words);
    expect(done).toMatchObject({ code, stdout: '' });
    expect(done.stderr).not.toMatch(stackTrace);
    expect(filesOf(it)).toEqual(before);
  },
  300_000,
);
