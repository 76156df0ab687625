import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { EditCommandOptions } from './run.ts';

/** `dsl edit FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('[words]', 'what should be different, in words: a model proposes the edits')
    .option('--ops <json>', 'the edits, a list or the document of --json: JSON, @FILE, or - for stdin')
    .option('--pattern <name>', 'add a pattern: map-reduce, pipeline, approval, saga or retry-until')
    .option('--set <key=value>', 'a parameter of the pattern; may be given again', collect, [])
    .option('--into <file>', 'the file of the system that gets the pattern; default: the entry')
    .option('--dry-run', 'show what would change, and write nothing')
    .option('--force', 'write also what the rules find errors in')
    .option('-y, --yes', 'of an edit in words: make it without a question')
    .option('--model <name>', 'of an edit in words: ask this model of the catalogue')
    .option('--provider <name>', 'of an edit in words: ask only this provider')
    .option('--max-cost <usd>', 'of an edit in words: the most that it may cost, such as 0.10')
    .addHelpText(
      'after',
      `
An edit adds, removes, renames, moves or sets something that a path names; all are applied, or none. Comments and
formatting stay. docs/editing.md has the paths and the notation of texts. In words, a model proposes the edits: they are
tried, shown as a difference, and made when you agree. That needs a provider (dsl models check).

Examples:
  $ dsl edit orders.dsl.ts --ops '[{"op":"rename","path":"tasks.chargeCard","to":"takeMoney"}]'
  $ dsl edit orders.dsl.ts --ops @edits.json --dry-run
  $ dsl edit orders.dsl.ts --ops '[{"op":"set","path":"tasks.sendMail.timeout","value":"1m"}]' --json
  $ dsl edit orders.dsl.ts "add a refund state after cancelled"
  $ dsl edit orders.dsl.ts "add a refund state" --dry-run --json > shown.json && dsl edit orders.dsl.ts --ops @shown.json
  $ dsl edit orders.dsl.ts "rename the task chargeCard to takeMoney" --yes --max-cost 0.10 --json
  $ dsl edit trips.dsl.ts --pattern saga --set name=bookTrip --set steps=flight,hotel,car:rentCar:returnCar
`,
    )
    .action(async (file: string, words: string | undefined, options: EditCommandOptions) =>
      exit(await (await import('./run.ts')).edit(io, file, words, options)),
    );
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
