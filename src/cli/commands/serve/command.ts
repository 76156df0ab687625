import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { ServeArguments } from './run.ts';

/** `dsl serve FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .option('--engine <engine>', 'restate, the only one that is served (default: `engine` of dsl.config.ts)')
    .option('--server', 'start a server of Restate, too; it ends with this command')
    .option('--data <folder>', 'where that server keeps its data (default: .millrace/restate beside dsl.config.ts)')
    .option('--admin <url>', 'the admin API of the server (default: http://127.0.0.1:9070)')
    .option('--ingress <url>', 'the ingress of the server (default: http://127.0.0.1:8080)')
    .option('--port <n>', 'the port of this endpoint', '9080')
    .option('--host <address>', 'the address that it binds: whoever reaches it can run your flows', '127.0.0.1')
    .option('--uri <url>', 'where the server reaches this endpoint, when that is another address')
    .option('--identity-key <key...>', 'public keys of servers that sign their requests; all others are refused')
    .option('--force', 'take the place of what was served at this address before, whatever still runs there')
    .addHelpText(
      'after',
      '\nServes the flows, tasks and machines of a system to Restate, until it is ended: Ctrl-C lets what is under way end, for at\nmost 10 s; Ctrl-C again ends it at once. What has begun goes on when the endpoint is back. New runs come to the newest\nversion that was served; those that run stay with theirs: serve a new version at another port.\n--json prints one document when all is ready.\n\nExamples:\n  $ dsl serve orders.dsl.ts --engine restate --server\n  $ dsl serve orders.dsl.ts --engine restate --port 9081\n  $ dsl serve orders.dsl.ts --engine restate --admin http://restate.internal:9070 --ingress http://restate.internal:8080 \\\n      --host 0.0.0.0 --uri http://orders.internal:9080 --identity-key publickeyv1_…\n',
    )
    .action(async (file: string, options: ServeArguments) =>
      exit(await (await import('./run.ts')).serve(io, file, options)),
    );
}
