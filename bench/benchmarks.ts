import type { Row } from './table.ts';

interface Benchmark {
  run(): readonly Row[] | Promise<readonly Row[]>;
}

/** Every benchmark by name. */
export const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  machine: () => import('./machine/machine.ts'),
  durable: () => import('./durable/durable.ts'),
  checkpoint: () => import('./checkpoint/checkpoint.ts'),
  workers: () => import('./workers/workers.ts'),
  recovery: () => import('./recovery/recovery.ts'),
  restate: () => import('./restate/restate.ts'),
  rounds: () => import('./restate/rounds.ts'),
  peers: () => import('./peers/peers.ts'),
  router: () => import('./router/router.ts'),
  instances: () => import('./instances/instances.ts'),
  migrate: () => import('./migrate/migrate.ts'),
  generate: () => import('./generate/generate.ts'),
  compile: () => import('./compile/compile.ts'),
  source: () => import('./source/watch.ts'),
  editor: () => import('./editor/editor.ts'),
  build: () => import('./build/build.ts'),
  typecheck: () => import('./typecheck/typecheck.ts'),
  cli: () => import('./cli/cli.ts'),
};
