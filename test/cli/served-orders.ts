import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from 'millrace/restate';
import { startRestate } from '../../src/restate/fixtures/restate.ts';
import { initialised, type Project, type Running } from './dsl.ts';

/** The project `orders`, set to a server of its own, and its endpoint as a process. */
export interface ServedOrders {
  readonly project: Project;
  /** Where its endpoint is. */
  readonly uri: string;
  /** Serves it, at the same address each time. */
  serve(...args: string[]): Promise<void>;
  /** Its endpoint dies. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export const system = 'orders.dsl.ts';

export async function servedOrders(): Promise<ServedOrders> {
  const restate = await startRestate();
  const project = await initialised('orders');
  const { admin, ingress } = restate;
  const config = { engine: 'restate', restate: { admin, ingress } };
  writeFileSync(join(project.root, 'dsl.config.ts'), `export default ${JSON.stringify(config)};\n`);
  const [port = 0] = await freePorts(1);
  let serving: Running | undefined;
  const kill = async (): Promise<void> => {
    serving?.kill('SIGKILL');
    await serving?.done;
  };
  return {
    project,
    uri: `http://127.0.0.1:${port}`,
    kill,
    serve: async (...args) => {
      serving = project.start(['serve', system, '--port', String(port), ...args]);
      await serving.says('Serves orders');
    },
    close: async () => {
      await kill();
      await restate.close();
      project[Symbol.dispose]();
    },
  };
}
