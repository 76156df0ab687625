import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Io } from '../../kit/io.ts';
import { servedBy } from '../serve/parent.ts';

/** `dsl serve` in a process of its own: code that was loaded once cannot be loaded anew. */
export class Serving {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** The document that it prints when it is ready; undefined when it ended before. It has said why. */
  readonly ready: Promise<unknown>;

  constructor(io: Io, args: readonly string[]) {
    const [, main = ''] = process.argv;
    this.#child = spawn(process.execPath, [...process.execArgv, main, 'serve', ...args, '--json'], {
      cwd: io.cwd,
      env: { ...process.env, [servedBy]: 'dev' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#ended = new Promise((done) => {
      // 'close' does not come of a child that was let go of.
      this.#child.once('exit', () => done());
      // It never began: then it is not told that it ended.
      this.#child.once('error', () => done());
    });
    this.ready = new Promise((resolve) => {
      const { stdout } = this.#child;
      if (stdout !== null)
        createInterface({ input: stdout })
          .on('line', (line) => {
            const document = documentIn(line);
            if (document === undefined) io.note(line);
            else resolve(document);
          })
          // All that it has printed has come by then.
          .once('close', () => resolve(undefined));
      this.#child.once('error', () => resolve(undefined));
    });
  }

  /** Lets what is under way end, and ends it. */
  async stop(): Promise<void> {
    // Not by a signal: one may have come to it from the terminal already, and a second one means at once.
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}

/** The document of a line; undefined for what the code of tasks prints. */
function documentIn(line: string): object | undefined {
  try {
    const document = JSON.parse(line) as unknown;
    return typeof document === 'object' && document !== null && 'ok' in document ? document : undefined;
  } catch {
    return undefined;
  }
}
