import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** The world of one command: where it reads and writes. Everything a command prints goes through here. */
export interface Io {
  /** The folder that relative paths on the command line start from. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Was a full account of failures asked for? */
  readonly debug: boolean;
  /** Was JSON asked for? Then stdout carries one document and nothing else. */
  readonly json: boolean;
  /** A line of the answer, to stdout. */
  out(text: string): void;
  /** The one JSON document of the answer, to stdout. */
  document(value: unknown): void;
  /** A line about the work, to stderr. */
  note(text: string): void;
  /** Colours for stdout, or for stderr; plain text when that is no terminal or NO_COLOR is set. */
  paint(style: Style, text: string, stream?: 'out' | 'note'): string;
  /** All of stdin, as text. */
  input(): Promise<string>;
  /**
   * Aborts when the person presses Ctrl-C or the process is asked to end. Who reads it takes care of that: until then
   * the process just ends, which is right for everything that is short.
   */
  readonly interrupted: AbortSignal;
}

/** The real world. */
export function processIo(options: { readonly json: boolean; readonly debug: boolean; readonly color: boolean }): Io {
  let interruption: AbortSignal | undefined;
  // `dsl runs list | head` closes the pipe early: that is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  }
  return {
    cwd: process.cwd(),
    env: process.env,
    debug: options.debug,
    json: options.json,
    out: (text) => void process.stdout.write(`${text}\n`),
    document: (value) => void process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    paint: (style, text, stream = 'out') =>
      options.color ? styleText(style, text, { stream: stream === 'out' ? process.stdout : process.stderr }) : text,
    async input() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts).toString('utf8');
    },
    get interrupted() {
      return (interruption ??= untilInterrupted());
    },
  };
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The second time means: now. What is durable is on disk already.
      if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      controller.abort(signal);
    });
  }
  return controller.signal;
}
