import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { DevArguments } from './run.ts';

/** `dsl dev [FILE]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[file]', 'the .dsl.ts file of the system (default: the only one of the project)')
    .option('--restate', 'on Restate, with a server of its own (default: when `engine` of dsl.config.ts says so)')
    .option('--data <folder>', 'where that server keeps its data (default: .millrace/restate beside dsl.config.ts)')
    .option('--admin <url>', 'the admin API of the server, which is on this machine (default: http://127.0.0.1:9070)')
    .option('--ingress <url>', 'the ingress of the server (default: http://127.0.0.1:8080)')
    .option('--port <n>', 'the port of the endpoint', '9080')
    .addHelpText(
      'after',
      '\nStarts a server of Restate, serves the system to it, and serves it anew whenever a file of the project has changed: what is\nunder way ends first. Runs go on with the new code; those whose journal does not fit it are paused, and named. Ctrl-C ends\nall of it; the data stay.\n--json prints one document when all is ready.\n\nExamples:\n  $ dsl dev --restate\n  $ dsl dev --restate orders.dsl.ts --admin http://127.0.0.1:9170 --ingress http://127.0.0.1:8180 --port 9180\n',
    )
    .action(async (file: string | undefined, options: DevArguments) =>
      exit(await (await import('./run.ts')).dev(io, file, options)),
    );
}
