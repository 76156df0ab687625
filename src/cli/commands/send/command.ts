import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import type { SendArguments } from './run.ts';

/** `dsl send FILE EVENT` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('[event]', 'the name of the event; with --lines each line may name its own')
    .option('--payload <json>', 'the payload: JSON, @FILE, or - for stdin')
    .addOption(
      new Option('--lines <source>', 'many events, a line of JSON each: @FILE, or - for stdin').conflicts([
        'payload',
        'idempotencyKey',
      ]),
    )
    .option('--idempotency-key <key>', 'the same key sends the event once')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
With --lines and an EVENT each line is a payload; without, it is {"event":…,"payload":…,"idempotencyKey":…}.

Examples:
  $ dsl send hello.dsl.ts visitorArrived --payload '{"name":"Grace"}'
  $ dsl send hello.dsl.ts visitorArrived --payload @grace.json --idempotency-key grace-1 --json
  $ dsl send orders.dsl.ts parcelDispatched --lines @parcels.jsonl
`,
    )
    .action(async (file: string, event: string | undefined, options: SendArguments) =>
      exit(await (await import('./run.ts')).send(io, file, event, options)),
    );
}
