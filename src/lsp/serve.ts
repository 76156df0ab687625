import {
  createConnection,
  DidChangeWatchedFilesNotification,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packageVersion } from '../project/kit/package-root.ts';
import { toLsp } from './diagnostics.ts';
import { pathOf, uriOf, type Overlay } from './overlay.ts';
import { quickFixes } from './quick-fixes.ts';
import { Workspace } from './workspace.ts';

/** What may change the problems of a system without being open in the editor. */
const watched = ['**/*.{ts,mts}', '**/dsl.config.{ts,mts,js,mjs}', '**/snapshots/*.json'];

/**
 * Serves an editor over a pair of streams until it says goodbye.
 *
 * @param cwd The folder that is worked on where the editor names none.
 * @returns the exit code: 1 when the editor left without saying so.
 * @example
 * ```ts
 * import { serve } from 'millrace/lsp';
 *
 * process.exitCode = await serve(process.stdin, process.stdout, process.cwd());
 * ```
 */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, cwd: string): Promise<number> {
  const connection = createConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const ended = new Promise<number>((resolve) => {
    let isShutDown = false;
    connection.onShutdown(() => void (isShutDown = true));
    connection.onExit(() => resolve(isShutDown ? 0 : 1));
    input.on('end', () => resolve(isShutDown ? 0 : 1));
  });
  new Server(connection, cwd).listen();
  return ended;
}

/** One editor. */
class Server {
  readonly #connection: Connection;
  readonly #cwd: string;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #overlay: Overlay = { open: (path) => this.#documents.get(uriOf(path))?.getText() };
  /** The files whose problems the editor shows. */
  readonly #shown = new Set<string>();
  #workspace = new Workspace(this.#overlay, []);

  constructor(connection: Connection, cwd: string) {
    this.#connection = connection;
    this.#cwd = cwd;
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => this.#update());
    this.#documents.onDidChangeContent(({ document }) => this.#changed(document.uri));
    // What was not saved is gone with it.
    this.#documents.onDidClose(({ document }) => this.#changed(document.uri));
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.#changed(uri);
    });
    connection.onCodeAction(async ({ textDocument, range }) => {
      const file = await this.#settled(textDocument.uri);
      const project = file && this.#workspace.projectOf(file);
      return project ? [...quickFixes(project.diagnostics.get(file) ?? [], range, project.root, this.#overlay)] : [];
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  #initialize({ workspaceFolders, capabilities, rootUri }: InitializeParams): InitializeResult {
    const named = workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []);
    const folders = named.flatMap((uri) => pathOf(uri) ?? []);
    this.#workspace = new Workspace(this.#overlay, folders.length === 0 ? [this.#cwd] : folders);
    if (capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      this.#connection.onInitialized(() => {
        const watchers = watched.map((globPattern) => ({ globPattern }));
        void this.#connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
        this.#update();
      });
    }
    return {
      serverInfo: { name: 'millrace', version: packageVersion() },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
      },
    };
  }

  #changed(uri: string): void {
    const path = pathOf(uri);
    if (path === undefined) return;
    this.#workspace.change(path);
    this.#update();
  }

  /** A file, once everything is as the editor has it. */
  async #settled(uri: string): Promise<string | undefined> {
    await this.#workspace.settle();
    return pathOf(uri);
  }

  #update(): void {
    this.#workspace.settle().then(
      () => this.#publish(),
      (thrown: unknown) => this.#connection.console.error(String(thrown)),
    );
  }

  #publish(): void {
    const found = new Map<string, readonly ReturnType<typeof toLsp>[]>();
    for (const { root, diagnostics } of this.#workspace.projects)
      for (const [file, list] of diagnostics)
        found.set(
          file,
          list.map((each) => toLsp(each, root)),
        );
    // What is mended, and what is open and was right from the beginning.
    const told = [...this.#shown, ...this.#documents.all().flatMap(({ uri }) => pathOf(uri) ?? [])];
    for (const file of told) if (!found.has(file)) found.set(file, []);
    this.#shown.clear();
    for (const [file, diagnostics] of found) {
      if (diagnostics.length > 0) this.#shown.add(file);
      const uri = uriOf(file);
      const version = this.#documents.get(uri)?.version;
      void this.#connection.sendDiagnostics({
        uri,
        diagnostics: [...diagnostics],
        ...(version !== undefined && { version }),
      });
    }
  }
}
