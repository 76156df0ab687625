import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl lsp` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .option('--stdio', 'speak over stdin and stdout; this is all there is, editors like to say it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl lsp --stdio\n\nAn editor starts it: see docs/editor.md. It ends when the editor does.\n',
    )
    .action(async () => exit(await (await import('./run.ts')).lsp(io)));
}
