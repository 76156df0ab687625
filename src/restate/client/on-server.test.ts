import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { namesOf } from '../names.ts';
import { systemsOn } from './on-server.ts';

it('reads off the names of services what the systems of a server have', async () => {
  const { flow, task, machine, events } = namesOf('my shop_1');
  const names = [
    flow('fulfilOrder'),
    flow('a.b'),
    task('charge'),
    machine('ordér'),
    events,
    namesOf('b').flow('x'),
    'other',
  ];
  const server = createServer((_, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ services: names.map((name) => ({ name })) })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    expect(await systemsOn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).toEqual([
      { name: 'my shop_1', flows: ['a.b', 'fulfilOrder'], tasks: ['charge'], machines: ['ordér'] },
      { name: 'b', flows: ['x'], tasks: [], machines: [] },
    ]);
  } finally {
    server.close();
  }
});
