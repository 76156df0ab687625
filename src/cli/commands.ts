import type { Command } from 'commander';
import type { Io } from './kit/io.ts';

/** What the file of a command offers: it says which arguments there are, and loads the runner when it is called. */
export interface CommandFile {
  /** Adds the arguments, options, examples and the action. The action hands its exit code to `exit`. */
  readonly configure: (command: Command, io: Io, exit: (code: number) => void) => void;
}

interface Listed {
  readonly summary: string;
  readonly load: () => Promise<CommandFile>;
}

/** Every command, in the order in which a new user meets them. Loaded when used. */
export const commands: Readonly<Record<string, Listed>> = {
  init: { summary: 'start a project that works', load: () => import('./commands/init/command.ts') },
  compile: {
    summary: 'turn .dsl.ts files into TypeScript modules',
    load: () => import('./commands/compile/command.ts'),
  },
  check: { summary: 'report the problems of .dsl.ts files', load: () => import('./commands/check/command.ts') },
  upgrade: {
    summary: 'bring .dsl.ts files to the spelling of this version of Millrace',
    load: () => import('./commands/upgrade/command.ts'),
  },
  lsp: { summary: 'serve an editor: problems, fixes, names', load: () => import('./commands/lsp/command.ts') },
  explain: { summary: 'tell what a code such as MR1203 means', load: () => import('./commands/explain/command.ts') },
  diff: {
    summary: 'say what changed between two versions, and for whom it breaks',
    load: () => import('./commands/diff/command.ts'),
  },
  migrate: {
    summary: 'bring a system, its instances and its runs from version to version',
    load: () => import('./commands/migrate/command.ts'),
  },
  'gen-task': {
    summary: 'write the code of tasks with a model; nothing that is not verified is written',
    load: () => import('./commands/gen-task/command.ts'),
  },
  edit: {
    summary: 'change a system by a list of edits, or in words; comments and formatting stay',
    load: () => import('./commands/edit/command.ts'),
  },
  inspect: { summary: 'show what a system declares', load: () => import('./commands/inspect/command.ts') },
  graph: { summary: 'show machines and flows as pictures or data', load: () => import('./commands/graph/command.ts') },
  import: {
    summary: 'write a machine or workflow of another notation as a .dsl.ts',
    load: () => import('./commands/import/command.ts'),
  },
  export: {
    summary: 'write machines or a flow as a workflow configuration',
    load: () => import('./commands/export/command.ts'),
  },
  test: {
    summary: 'run examples and scenarios; find paths through machines and write them as tests',
    load: () => import('./commands/test/command.ts'),
  },
  run: { summary: 'run a flow, durably', load: () => import('./commands/run/command.ts') },
  work: { summary: 'make attempts for whoever drives a database', load: () => import('./commands/work/command.ts') },
  serve: {
    summary: 'serve a system to Restate, and start its server when asked',
    load: () => import('./commands/serve/command.ts'),
  },
  dev: {
    summary: 'serve a system to a server of its own, and anew after each change',
    load: () => import('./commands/dev/command.ts'),
  },
  send: { summary: 'send events', load: () => import('./commands/send/command.ts') },
  runs: {
    summary: 'list, show, pause, resume, cancel, retry, fork, export, prune and decide runs',
    load: () => import('./commands/runs/command.ts'),
  },
  checkpoints: {
    summary: 'list the committed steps of runs, look at their evidence again',
    load: () => import('./commands/checkpoints/command.ts'),
  },
  instances: {
    summary: 'list, show, export and put back machine instances',
    load: () => import('./commands/instances/command.ts'),
  },
  models: {
    summary: 'list the models that can be asked, try the providers, play one on this machine',
    load: () => import('./commands/models/command.ts'),
  },
  usage: {
    summary: 'say what models have used, and what it cost',
    load: () => import('./commands/usage/command.ts'),
  },
  doctor: {
    summary: 'check that this machine and project are ready',
    load: () => import('./commands/doctor/command.ts'),
  },
};
