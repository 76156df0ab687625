import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { olderDeployments } from './deployments.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

/** An admin API that gives these answers, by path and in order; the last one again and again. */
async function admin(answers: Readonly<Record<string, readonly (readonly [number, unknown])[]>>): Promise<string> {
  const asked = new Map<string, number>();
  server = createServer(({ url = '' }, response) => {
    const count = asked.get(url) ?? 0;
    asked.set(url, count + 1);
    const all = answers[url] ?? [];
    const [status, body] = all[Math.min(count, all.length - 1)] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const own = server;
  await new Promise<void>((done) => own.listen(0, '127.0.0.1', () => done()));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
}

const deployments = ['dp_old', 'dp_idle', 'dp_new'].map((id, revision) => ({
  id,
  uri: `http://127.0.0.1/${id}`,
  services: [{ name: 'shop.flows.order', revision }, ...(id === 'dp_idle' ? [{ name: 'shop.machines.old' }] : [])],
}));
const others = [{ id: 'dp_other', services: [{ name: 'shopping.flows.order' }] }];

it('counts what is pinned, also while the tables seem to be empty', async () => {
  const at = await admin({
    '/deployments': [[200, { deployments: [...deployments, ...others] }]],
    '/query': [
      [200, { rows: [] }],
      [200, { rows: [{ id: 'dp_old', pinned: 2 }] }],
      [200, { rows: [{ run: 'r1' }] }],
    ],
  });
  expect(await olderDeployments(at, 'shop', 'dp_new')).toEqual([
    { id: 'dp_old', uri: 'http://127.0.0.1/dp_old', newestOf: [], pinned: 2, runs: ['r1'] },
    { id: 'dp_idle', uri: 'http://127.0.0.1/dp_idle', newestOf: ['shop.machines.old'], pinned: 0, runs: [] },
  ]);
});

it('does not count the one that new invocations go to among the older ones', async () => {
  const at = await admin({
    '/deployments': [[200, { deployments }]],
    '/query': [[200, { rows: [] }]],
  });
  expect((await olderDeployments(at, 'shop', 'dp_old')).map(({ id }) => id)).toEqual(['dp_idle']);
});

it('does not take a failure for no deployments', async () => {
  const at = await admin({ '/deployments': [[500, { message: 'not now' }]] });
  await expect(olderDeployments(at, 'shop', 'dp_new')).rejects.toMatchObject({
    code: 'MR5214',
    message: expect.stringContaining('not now'),
  });
});
