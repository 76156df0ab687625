/** An editor of a few lines: the protocol's own client library, over the stdio of \`dsl lsp\`. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';
import { main } from '../cli/dsl.ts';

/** An editor at work on a folder. */
export class Client implements AsyncDisposable {
  readonly connection: ProtocolConnection;
  /** What the server can do. */
  result: InitializeResult | undefined;
  readonly exited: Promise<number | null>;
  readonly #root: string;
  readonly #shown = new Map<string, readonly Diagnostic[]>();
  readonly #waiting = new Set<() => void>();
  readonly #versions = new Map<string, number>();
  /** How often the server has said what is wrong in some file. */
  told = 0;
  stderr = '';

  constructor(root: string) {
    this.#root = root;
    const child = spawn(process.execPath, [main, 'lsp', '--stdio'], { cwd: root, stdio: 'pipe' });
    child.stderr.on('data', (part: Buffer) => (this.stderr += part.toString()));
    this.exited = new Promise((resolve) => child.on('close', resolve));
    this.connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    this.connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
      this.#shown.set(fileURLToPath(uri), diagnostics);
      this.told++;
      for (const look of this.#waiting) look();
    });
    this.connection.onRequest(RegistrationRequest.type, () => {});
    this.connection.listen();
  }

  /** Opens the folder. Can the editor do all that an edit may ask for? */
  async start(isAble = true): Promise<this> {
    const edits = { documentChanges: true, resourceOperations: ['create' as const, 'rename' as const] };
    const root = pathToFileURL(this.#root).href;
    this.result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: root,
      capabilities: {
        workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, ...(isAble && { workspaceEdit: edits }) },
      },
      workspaceFolders: [{ uri: root, name: 'project' }],
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return this;
  }

  /** As some editors write it: with more of it encoded than need be. */
  uri(path: string): string {
    return pathToFileURL(join(this.#root, path)).href.replaceAll('@', '%40').replaceAll('!', '%21');
  }

  async open(path: string): Promise<void> {
    const text = readFileSync(join(this.#root, path), 'utf8');
    this.#versions.set(path, 1);
    const textDocument = { uri: this.uri(path), languageId: 'typescript', version: 1, text };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  /** Types: the buffer says something else, the disk does not. */
  async type(path: string, text: string): Promise<void> {
    const version = (this.#versions.get(path) ?? 1) + 1;
    this.#versions.set(path, version);
    const textDocument = { uri: this.uri(path), version };
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument,
      contentChanges: [{ text }],
    });
  }

  async close(path: string): Promise<void> {
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: this.uri(path) },
    });
  }

  /** Somebody else writes a file, and the editor says that it has changed. */
  async write(path: string, text: string): Promise<void> {
    mkdirSync(dirname(join(this.#root, path)), { recursive: true });
    writeFileSync(join(this.#root, path), text);
    await this.touch(path);
  }

  async touch(path: string): Promise<void> {
    await this.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: this.uri(path), type: 2 }],
    });
  }

  shown(path: string): readonly Diagnostic[] {
    return this.#shown.get(join(this.#root, path)) ?? [];
  }

  /** Resolves when the problems of a file are as wanted: exactly these, or these among others; whatever they are by default. */
  async shows(path: string, codes?: readonly string[], which: 'all' | 'some' = 'all'): Promise<readonly Diagnostic[]> {
    const found = (): readonly string[] => this.shown(path).map(({ code }) => String(code));
    const isSo = (): boolean => {
      if (!this.#shown.has(join(this.#root, path)) || codes === undefined)
        return this.#shown.has(join(this.#root, path));
      return which === 'all' ? found().join() === codes.join() : codes.every((code) => found().includes(code));
    };
    if (isSo()) return this.shown(path);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => (isSo() ? resolve() : undefined);
    this.#waiting.add(look);
    const late = (): void => reject(new Error(`${path} shows ${found().join()}, not ${codes?.join()}. ${this.stderr}`));
    const timer = setTimeout(late, 10_000);
    await promise.finally(() => (clearTimeout(timer), this.#waiting.delete(look)));
    return this.shown(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await this.exited;
    this.connection.dispose();
  }
}

/** The place of a text in a file, as editors count; `|` in it is the cursor. */
export function at(text: string, marked: string): Position {
  const offset = text.indexOf(marked.replace('|', ''));
  if (offset < 0) throw new Error(`There is no ${marked}.`);
  const before = text.slice(0, offset + Math.max(0, marked.indexOf('|'))).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
