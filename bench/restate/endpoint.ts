/** Serves both to the server: `node endpoint.ts ADMIN INGRESS`; says so when it is known there. */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createEndpointHandler } from '@restatedev/restate-sdk';
import { createEndpoint, registerDeployment } from 'millrace/restate';
import { silentLogger } from 'millrace/tasks';
import { byHand } from './by-hand.ts';
import { system } from './system.ts';

const [, , admin = '', ingress = ''] = process.argv;
const endpoint = createEndpoint(system, { ingress, logger: silentLogger });
const served = await endpoint.serve();
await registerDeployment({ admin, uri: served.uri, endpoint });
// Its log of every invocation would be measured too.
const server = createServer(createEndpointHandler({ services: byHand, logger: () => {} }));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
await registerDeployment({ admin, uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
process.send?.('ready');
