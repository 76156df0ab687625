import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { CliError } from '../project/kit/failure.ts';
import type { Io } from './kit/io.ts';
import { shell } from './shell.ts';
import { nearest } from '../core/index.ts';

/** Runs one command line and sets the exit code of the process. Never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  await shell(argv, (io) => run(argv, io));
}

async function run(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = new Command('dsl')
    .description('Declare a reactive system once in typed TypeScript; check it, compile it, run it durably.')
    .usage('<command> [arguments] [options]')
    .helpCommand('help [command]', 'show the help of a command')
    .option('-v, --version', 'print the version')
    .option('--no-color', 'print without colours (so does NO_COLOR=1)')
    .option('--debug', 'print a full account of failures (so does MILLRACE_DEBUG=1)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl init hello\n  $ dsl compile\n  $ dsl run hello.dsl.ts greet --input \'{"name":"Ada"}\'\n',
    );
  prepare(program);

  const names = Object.keys(commands);
  const words = argv.filter((word) => !word.startsWith('-'));
  const wanted = words[0] === 'help' ? words[1] : words[0];
  if (wanted !== undefined && !Object.hasOwn(commands, wanted)) {
    const like = nearest(wanted, names);
    throw new CliError('MR2002', `There is no command '${wanted}'. The commands are: ${names.join(', ')}.`, {
      hint: like === undefined ? '`dsl --help` says what each is for.' : `Did you mean \`dsl ${like}\`?`,
    });
  }
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).summary(summary).description(sentence(summary));
    prepare(command);
    if (name !== wanted) continue;
    const { configure } = await load();
    configure(command, io, (code) => (exitCode = code));
    for (const each of [command, ...command.commands]) {
      prepare(each);
      if (each.commands.length === 0) manners(each);
    }
    // For a person a group shows its help; a script gets a document.
    const below = command.commands.map((each) => each.name());
    if (io.json && below.length > 0 && words.length === 1 && !argv.includes('--help') && !argv.includes('-h')) {
      throw new CliError('MR2003', `\`dsl ${name}\` needs to know what to do: ${below.join(' or ')}.`, {
        hint: `\`dsl ${name} --help\` shows how it is used.`,
      });
    }
  }
  try {
    if (argv.length === 0) {
      io.note(program.helpInformation().trimEnd());
      return 2;
    }
    await program.parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return 0;
    // A group such as `dsl runs` that was given no subcommand shows its help.
    if (thrown.code === 'commander.help') return 2;
    const [message = '', like] = thrown.message.replace(/^error: /, '').split('\n');
    const group = program.commands.find((each) => each.name() === wanted);
    const below = group?.commands.find((each) => each.name() === words[1])?.name();
    const command = ['dsl', wanted, below].filter((word) => word !== undefined).join(' ');
    throw new CliError('MR2003', sentence(message), {
      hint: like === undefined ? `\`${command} --help\` shows how it is used.` : like.replace(/^\(|\)$/g, ''),
    });
  }
  return exitCode;
}

/** Errors come back as exceptions and are printed in one place; help goes to stdout as ever. */
function prepare(command: Command): void {
  command
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .allowExcessArguments(false);
}

/** The options that every command has. */
function manners(command: Command): void {
  if (!command.options.some((option) => option.long === '--json')) {
    command.option('--json', 'print one JSON document on stdout');
  }
  command.option('--no-color', 'print without colours (so does NO_COLOR=1)');
  command.option('--debug', 'print a full account of failures (so does MILLRACE_DEBUG=1)');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital.endsWith('.') ? capital : `${capital}.`;
}
