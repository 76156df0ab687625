import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { readLine, type Line } from './read-line.ts';
import { memoryOf } from './memory.ts';
import type { Walled } from './walls.ts';

export interface CellLimits {
  /** What the process may have in memory, in MB. */
  readonly memoryMB: number;
  /** How many bytes one answer may have, and all that is printed together. */
  readonly outputBytes: number;
}

/**
 * The process in which code is tried, seen from outside. Everything that comes out of it is what somebody may have forged:
 * a line that nobody waits for ends it.
 */
export class Cell {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #limits: CellLimits;
  readonly #gone: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #waiting: ((line: Line) => void) | undefined;
  #why: string | undefined;
  #printed = '';
  #printedBytes = 0;
  #buffer: Buffer[] = [];
  #bytes = 0;

  constructor({ command, args }: Walled, folder: string, env: Readonly<Record<string, string>>, limits: CellLimits) {
    this.#limits = limits;
    this.#child = spawn(command, args, {
      env,
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const { stdin, stdout, stderr, stdio } = this.#child;
    const answers = stdio[3] as Readable;
    stdin.on('error', () => {});
    for (const stream of [stdout, stderr]) stream.on('error', () => {}).on('data', (data: Buffer) => this.#print(data));
    answers.on('error', () => {}).on('data', (data: Buffer) => this.#read(data));
    this.#watch = setInterval(() => this.#measure(), 20);
    this.#gone = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#why ??= `could not be started: ${error.message}`;
        resolve();
      });
      this.#child.on('exit', (code, signal) => {
        // What it wrote before its end is read first; but a process that it left behind may hold the pipe open.
        const leave = (): void => {
          this.#why ??= this.#exitReason(code, signal);
          resolve();
        };
        if (answers.closed) leave();
        else answers.once('close', leave);
        setTimeout(leave, 50).unref();
      });
    });
    void this.#gone.then(() => clearInterval(this.#watch));
  }

  /** Why the process is gone, once it is. */
  get why(): string | undefined {
    return this.#why;
  }

  /** Sends a line. */
  ask(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** The next line, if it comes in time; else nothing, and the process is gone. */
  async next(ms: number, late: string, signal?: AbortSignal): Promise<Line | undefined> {
    if (this.#why !== undefined) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => this.kill('was called off');
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      return await Promise.race([
        new Promise<Line>((resolve) => (this.#waiting = resolve)),
        this.#gone.then(() => undefined),
        new Promise<undefined>((resolve) => {
          timer = setTimeout(() => {
            this.kill(late);
            resolve(undefined);
          }, ms);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.#waiting = undefined;
    }
  }

  /** Ends it, with whatever it started. The first reason stands. */
  kill(why: string): void {
    this.#why ??= why;
    const { pid } = this.#child;
    try {
      if (pid !== undefined && process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone.
    }
    this.#child.kill('SIGKILL');
  }

  /** Ends it, and waits until it is gone. */
  async end(): Promise<void> {
    this.kill('is done');
    await this.#gone;
    for (const stream of this.#child.stdio) stream?.destroy();
  }

  #print(data: Buffer): void {
    if (this.#printed.length < 4000) this.#printed += data.toString('utf8').slice(0, 4000);
    this.#printedBytes += data.length;
    if (this.#printedBytes > this.#limits.outputBytes) this.kill(`printed more than ${this.#limits.outputBytes} bytes`);
  }

  #read(data: Buffer): void {
    let from = 0;
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, from)) {
      const line = Buffer.concat([...this.#buffer, data.subarray(from, at)]).toString('utf8');
      this.#buffer = [];
      this.#bytes = 0;
      from = at + 1;
      this.#take(line);
    }
    const rest = data.subarray(from);
    this.#bytes += rest.length;
    if (this.#bytes > this.#limits.outputBytes) this.kill(`answered with more than ${this.#limits.outputBytes} bytes`);
    else if (rest.length > 0) this.#buffer.push(rest);
  }

  #take(text: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#why !== undefined) return;
    const line = readLine(text);
    if (waiting === undefined) this.kill('spoke when it was not asked');
    else if (line === undefined) this.kill('answered with what is no answer');
    else waiting(line);
  }

  #measure(): void {
    const memory = this.#child.pid === undefined ? undefined : memoryOf(this.#child.pid);
    if (memory !== undefined && memory > this.#limits.memoryMB)
      this.kill(`used more than ${this.#limits.memoryMB} MB of memory`);
  }

  #exitReason(code: number | null, killed: NodeJS.Signals | null): string {
    const signal = killed ?? signalIn(code);
    if (/heap out of memory|Allocation failed|Array buffer allocation failed/.test(this.#printed))
      return 'used more memory than its heap may have';
    if (signal === 'SIGXCPU') return 'used too much CPU time';
    if (signal === 'SIGKILL') return 'was killed by the system, as it does for too much CPU time or memory';
    if (signal === 'SIGXFSZ') return 'tried to write a file';
    if (code === 13) return 'waited for what never comes';
    const said =
      this.#printed
        .trim()
        .split('\n')
        .find((line) => /Error/.test(line)) ?? '';
    return `ended by itself (${signal ?? `exit ${code}`})${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
  }
}

/** Bubblewrap ends with 128 and the number of the signal that ended what it ran. */
function signalIn(code: number | null): NodeJS.Signals | undefined {
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  return code === null || code <= 128 ? undefined : names.find((name) => constants.signals[name] === code - 128);
}
