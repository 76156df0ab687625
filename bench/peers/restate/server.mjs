// Restate: a single node on loopback, its data in the folder that `STATE` names, and one service endpoint beside it.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as restate from '@restatedev/restate-sdk';
import { steps } from './workload.mjs';

const state = process.env['STATE'] ?? '.';
const [ingress, admin, node, service] = [18080, 19070, 15122, 19080];

/** Starts both; `step` does the work of the step with this number. Gives the addresses. */
export async function start(step) {
  const bench = restate.service({
    name: 'bench',
    handlers: {
      ten: async (ctx) => {
        let sum = 0;
        for (let index = 0; index < steps; index += 1) {
          const done = await ctx.run(`s${index}`, async () => step(index));
          sum += done.index;
        }
        return sum;
      },
    },
  });
  // Its log of every invocation would be measured too.
  const logger = () => {};
  http2.createServer(restate.createEndpointHandler({ services: [bench], logger })).listen(service, '127.0.0.1');

  const config = join(state, 'restate.toml');
  writeFileSync(
    config,
    `node-name="n1"
cluster-name="bench"
base-dir="${join(state, 'data')}"
bind-ip="127.0.0.1"
bind-port=${node}
advertised-host="127.0.0.1"
listen-mode="tcp"
disable-telemetry=true
auto-provision=true
[admin]
bind-port=${admin}
[ingress]
bind-port=${ingress}
`,
  );
  const require = createRequire(import.meta.url);
  const platform = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  const binary = require.resolve(`${platform}/bin/restate-server`);
  const server = spawn(binary, ['--config-file', config], { stdio: 'ignore' });
  process.on('exit', () => server.kill('SIGKILL'));

  const until = Date.now() + 30_000;
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${admin}/deployments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
      });
      if (answer.ok || answer.status === 409) break;
    } catch {
      // Not up yet.
    }
    if (Date.now() > until) throw new Error('Restate did not start within 30 s.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ingress: `http://127.0.0.1:${ingress}`, admin: `http://127.0.0.1:${admin}` };
}
