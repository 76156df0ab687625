import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findServer } from '../../../src/restate/server/binary.ts';
import { clusterConfig, nodeConfig } from '../../../src/restate/server/config.ts';
import { freePorts } from '../../../src/restate/server/taken.ts';
import type { Network } from './network.ts';

/** Three nodes of Restate on this machine; each record is kept by two of them. */
export interface Nodes {
  readonly admin: readonly string[];
  readonly ingress: readonly string[];
  /** Ends a node as a power cut would. */
  kill(index: number): Promise<void>;
  start(index: number): void;
  /** Waits until these nodes serve. */
  serving(indexes: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** The node that lives in the network, where there is one. */
export const apart = 2;

/** Starts them, and waits until all serve. */
export async function startNodes(network?: Network): Promise<Nodes> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
  const binary = findServer();
  const free = await freePorts(9);
  const ports = [0, 1, 2].map((n) => ({
    admin: free[n * 3] ?? 0,
    ingress: free[n * 3 + 1] ?? 0,
    node: free[n * 3 + 2] ?? 0,
  }));
  const hosts = [0, 1, 2].map((n) =>
    network === undefined ? '127.0.0.1' : n === apart ? network.inside : network.outside,
  );
  const running: (ChildProcess | undefined)[] = [];
  const configs = clusterConfig({ folder, ports, hosts, name: 'failover', memory: '256 MiB' });
  const files = configs.map((config) => {
    mkdirSync(config.folder, { recursive: true });
    const file = join(config.folder, 'restate.toml');
    writeFileSync(file, nodeConfig(config));
    return file;
  });
  const start = (index: number): void => {
    const log = openSync(join(folder, `n${index + 1}.log`), 'a');
    const enter = index === apart && network !== undefined ? network.enter : [];
    const [command, ...args] = [...enter, binary, '--config-file', files[index] ?? ''];
    running[index] = spawn(command, args, { stdio: ['ignore', log, log] });
  };
  const killAll = (): void => running.forEach((child) => child?.kill('SIGKILL'));
  process.once('exit', killAll);
  const kill = async (index: number): Promise<void> => {
    const child = running[index];
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  const admin = ports.map(({ admin: port }, n) => `http://${hosts[n]}:${port}`);
  const ingress = ports.map(({ ingress: port }, n) => `http://${hosts[n]}:${port}`);
  const serving = async (indexes: readonly number[]): Promise<void> => {
    const until = Date.now() + 60_000;
    for (const url of indexes.flatMap((n) => [`${admin[n]}/health`, `${ingress[n]}/restate/health`])) {
      while (!(await isHealthy(url))) {
        if (Date.now() > until) throw new Error(`${url} is not healthy after a minute; the logs are in ${folder}.`);
        await delay(50);
      }
    }
  };
  for (const index of [0, 1, 2]) start(index);
  await serving([0, 1, 2]);
  return {
    admin,
    ingress,
    kill,
    start,
    serving,
    close: async () => {
      process.off('exit', killAll);
      await Promise.all([0, 1, 2].map(kill));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
