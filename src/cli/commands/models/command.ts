import { Option, type Command } from 'commander';
import { modelRoles } from '../../../llm/catalogue/roles.ts';
import { wireScenarios } from '../../../testing/wire-server/scenarios.ts';
import type { Io } from '../../kit/io.ts';
import { wholeOption } from '../../kit/limit.ts';
import type { CheckOptions } from './check.ts';
import type { ListOptions } from './list.ts';
import type { PlayOptions } from './play.ts';

/** `dsl models list|check|play` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl models list\n  $ dsl models check\n  $ dsl models play --port 4010\n',
  );
  command
    .command('list')
    .summary('list the models of the catalogue and who can be asked')
    .description(
      'List the models of the catalogue: what they can read and answer, what they cost, and whether their provider can be asked. Asks nobody.',
    )
    .option('--provider <name>', 'only models of this provider')
    .addOption(new Option('--role <role>', 'only models of this role').choices(modelRoles))
    .option('--usable', 'only models whose provider can be asked')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl models list\n  $ dsl models list --provider anthropic --json\n  $ dsl models list --role fast --usable\n',
    )
    .action(async (options: ListOptions) => exit(await (await import('./list.ts')).listModels(io, options)));
  command
    .command('check')
    .summary('try every provider that has a key or an address: costs nothing')
    .description(
      'Try every provider that can be asked: is it there, is the key good? That costs nothing. With FILE: is there a model for each task of a system that a model performs? Exit code 1 when no provider can be asked, one does not answer, or a task has no model.',
    )
    .argument('[file]', 'a .dsl.ts file: look at its model tasks, too')
    .option('--provider <name>', 'only this one')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl models check\n  $ dsl models check research.dsl.ts --json\n  $ ANTHROPIC_BASE_URL=http://127.0.0.1:4010 dsl models check --provider anthropic\n',
    )
    .action(async (file: string | undefined, options: CheckOptions) =>
      exit(await (await import('./check.ts')).checkModels(io, file, options)),
    );
  command
    .command('play')
    .summary('play a provider on this machine, without a key: for trying things out')
    .description(
      'Start a server on this machine that speaks as Anthropic, OpenAI and chat completions do, until Ctrl-C. It thinks nothing: it says one text, or a value that fits the shape that is asked for.',
    )
    .option('--port <n>', 'the port (default: any that is free)', wholeOption('--port'))
    .option('--answer <text>', 'what it says')
    .addOption(new Option('--scenario <name>', 'how it misbehaves').choices(wireScenarios))
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl models play --port 4010\n  $ ANTHROPIC_BASE_URL=http://127.0.0.1:4010 dsl run research.dsl.ts research --input \'{"topic":"tea"}\'\n  $ dsl models play --scenario rateLimitShort\n',
    )
    .action(async (options: PlayOptions) => exit(await (await import('./play.ts')).playModels(io, options)));
}
