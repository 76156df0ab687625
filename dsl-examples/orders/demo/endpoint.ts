/**
 * The shop on Restate: its flows, tasks and machines, served by a process of its own.
 *
 *   node endpoint.ts '{ admin, ingress, clock }'        ($SHOP_DIR: the shop's folder)
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type ClockOrigin } from 'millrace/core';
import { createEndpoint, registerDeployment } from 'millrace/restate';
import { jsonLogger } from 'millrace/tasks';
import system from '../../../generated/orders/index.ts';

/** Where the server is, and the clock that all of the shop has. */
export interface Place {
  readonly admin: string;
  readonly ingress: string;
  readonly clock: { readonly factor: number; readonly origin: ClockOrigin };
}

const { admin, ingress, clock } = JSON.parse(process.argv[2] ?? '{}') as Place;
const log = join(process.env['SHOP_DIR'] ?? '.', '..', 'endpoint.log');
const endpoint = createEndpoint(system, {
  ingress,
  clock: systemClock(clock),
  logger: jsonLogger({ write: (line) => appendFileSync(log, line) }),
});
const served = await endpoint.serve();
await registerDeployment({ admin, uri: served.uri, endpoint });
process.send?.(served.uri);
process.on('message', (message) => {
  if (message === 'stop') void served.drain().then(() => process.disconnect?.());
});
