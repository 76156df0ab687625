/** The main job with fewer orders: real processes, a real kill -9, and a judge that can say no. Needs `npm run build`. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { play } from '../dsl-examples/orders/demo/play.ts';
import { verify } from '../dsl-examples/orders/demo/verify.ts';

const work = mkdtempSync(join(tmpdir(), 'millrace-demo-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it('ends every order once, although the worker is killed in the middle', { timeout: 180_000 }, async () => {
  const said: string[] = [];
  const { ok, counts, evidence } = await play({
    work,
    orders: 70,
    say: (line) => said.push(line),
    secondsPerDay: 0.8,
    ordersPerSecond: 30,
  });
  expect({ ok, story: ok ? '' : said.join('\n') }).toEqual({ ok: true, story: '' });
  expect(counts).toMatchObject({ orders: 67, refused: 3, finishedRanAgain: 0 });
  expect(counts.closed + counts.cancelled).toBe(67);
  expect(counts.finishedAtKill).toBeGreaterThan(20);
  expect(said.join('\n')).toContain('orders.jsonl:59: lines[0].quantity:');

  // The judge is no friend: a finished step that ran again, or an order that nobody knows, is seen.
  const [finished = ''] =
    [...evidence.killed.state.steps].find(([, step]) => step.status === 'completed' && step.target === 'chargeCard') ??
    [];
  const [run, step] = finished.split(' ');
  appendFileSync(
    join(evidence.shop, 'effects.jsonl'),
    `${JSON.stringify({ worker: 1, task: 'chargeCard', run, step, attempt: 1, key: 'x' })}\n`,
  );
  const broken = verify({ ...evidence, lines: evidence.lines.slice(1) }).checks.filter(
    ({ problems }) => problems.length > 0,
  );
  expect(broken.map(({ claim }) => claim)).toEqual([
    'no other order was made',
    'no finished step ran again',
    'no step ran more often than it was tried',
    'every attempt of a step had the same key',
  ]);
});
