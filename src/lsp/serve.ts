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
  type TextDocumentPositionParams,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packageVersion } from '../project/kit/package-root.ts';
import { toLsp } from './diagnostics.ts';
import { pathOf, uriOf, type Overlay } from './overlay.ts';
import { Features } from './features.ts';
import { Pictures } from './pictures.ts';
import type { LspProject, PricesIn } from './project.ts';
import type { EditSupport } from './rename/rename.ts';
import { quickFixes } from './quick-fixes.ts';
import { Workspace } from './workspace.ts';

/** What may change the problems of a system without being open in the editor. */
const watched = ['**/*.{ts,mts}', '**/dsl.config.{ts,mts,js,mjs}', '**/snapshots/*.json'];

/** How many milliseconds nothing has to come before what came is read. */
const quiet = 10;

/**
 * Serves an editor over a pair of streams until it says goodbye.
 *
 * @param cwd The folder that is worked on where the editor names none.
 * @param prices Which models have prices; without it that is no question.
 * @returns the exit code: 1 when the editor left without saying so.
 */
export function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  cwd: string,
  prices?: PricesIn,
): Promise<number> {
  const connection = createConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const ended = new Promise<number>((resolve) => {
    let isShutDown = false;
    connection.onShutdown(() => void (isShutDown = true));
    connection.onExit(() => resolve(isShutDown ? 0 : 1));
    input.on('end', () => resolve(isShutDown ? 0 : 1));
  });
  new Server(connection, cwd, prices).listen();
  return ended;
}

/** One editor. */
class Server {
  readonly #connection: Connection;
  readonly #cwd: string;
  readonly #prices: PricesIn | undefined;
  readonly #documents = new TextDocuments(TextDocument);
  /** By path: editors write addresses in ways of their own. */
  readonly #open = new Map<string, string>();
  readonly #overlay: Overlay = {
    open: (path) => this.#documents.get(this.#uriOf(path))?.getText(),
    paths: () => [...this.#open.keys()],
  };
  /** The files whose problems the editor shows. */
  readonly #shown = new Set<string>();
  readonly #pictures = new Pictures();
  readonly #features = new Features(this.#overlay, this.#pictures);
  #workspace = new Workspace(this.#overlay, []);
  /** What edits the editor can carry out. */
  #edits: EditSupport = { documentChanges: false, renameFile: false };
  #waiting: NodeJS.Timeout | undefined;

  constructor(connection: Connection, cwd: string, prices: PricesIn | undefined) {
    this.#connection = connection;
    this.#cwd = cwd;
    this.#prices = prices;
  }

  listen(): void {
    const connection = this.#connection;
    process.once('exit', () => this.#pictures[Symbol.dispose]());
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => this.#update());
    this.#documents.onDidOpen(({ document: { uri } }) => {
      const path = pathOf(uri);
      if (path !== undefined) this.#open.set(path, uri);
    });
    this.#documents.onDidChangeContent(({ document }) => this.#changed(document.uri));
    // What was not saved is gone with it.
    this.#documents.onDidClose(({ document: { uri } }) => {
      this.#open.delete(pathOf(uri) ?? '');
      this.#changed(uri);
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.#changed(uri);
    });
    this.#answer();
    this.#documents.listen(connection);
    connection.listen();
  }

  /** Everything that is asked about a place in a file. */
  #answer(): void {
    const connection = this.#connection;
    const features = this.#features;
    const ask = async <Answer>(
      uri: string,
      question: (project: LspProject, file: string) => Answer | Promise<Answer>,
    ): Promise<Awaited<Answer> | null> => {
      const file = await this.#settled(uri);
      const project = file && this.#workspace.projectOf(file);
      return file && project ? await question(project, file) : null;
    };
    connection.onCodeAction(({ textDocument, range }) =>
      ask(textDocument.uri, (project, file) => [...quickFixes(project, file, range, this.#overlay)]),
    );
    connection.onHover(({ textDocument, position }) =>
      ask(textDocument.uri, (project, file) => features.hover(project, file, position)),
    );
    connection.onDefinition(({ textDocument, position }) =>
      ask(textDocument.uri, (project, file) => features.definition(project, file, position)),
    );
    connection.onImplementation(({ textDocument, position }) =>
      ask(textDocument.uri, (project, file) => features.implementation(project, file, position)),
    );
    connection.onReferences(({ textDocument, position }) =>
      ask(textDocument.uri, async (project, file) => [...(await features.references(project, file, position))]),
    );
    connection.onCompletion(({ textDocument, position }) =>
      ask(textDocument.uri, (project, file) => [...features.completion(project, file, position)]),
    );
    connection.onPrepareRename(({ textDocument, position }) =>
      ask(textDocument.uri, (project, file) => features.renamed(project, file, position)),
    );
    connection.onRenameRequest(({ textDocument, position, newName }) =>
      ask(textDocument.uri, (project, file) => features.rename(project, file, position, newName, this.#edits)),
    );
    connection.onRequest('millrace/picture', ({ textDocument, position }: TextDocumentPositionParams) =>
      ask(textDocument.uri, (project, file) => features.picture(project, file, position)),
    );
  }

  #initialize({ workspaceFolders, capabilities, rootUri }: InitializeParams): InitializeResult {
    const can = capabilities.workspace?.workspaceEdit;
    const documentChanges = can?.documentChanges === true;
    this.#edits = { documentChanges, renameFile: can?.resourceOperations?.includes('rename') === true };
    const named = workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []);
    const folders = named.flatMap((uri) => pathOf(uri) ?? []);
    this.#workspace = new Workspace(this.#overlay, folders.length === 0 ? [this.#cwd] : folders, this.#prices);
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
        hoverProvider: true,
        definitionProvider: true,
        implementationProvider: true,
        referencesProvider: true,
        completionProvider: { triggerCharacters: ["'", '"', '{', ','] },
        renameProvider: { prepareProvider: true },
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

  #uriOf(path: string): string {
    return this.#open.get(path) ?? uriOf(path);
  }

  /** Soon: of what came while something was read each change would be read on its own, and the editor would run away. */
  #update(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => {
      this.#workspace.settle().then(
        () => this.#publish(),
        (thrown: unknown) => this.#connection.console.error(String(thrown)),
      );
    }, quiet);
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
    const told = [...this.#shown, ...this.#open.keys()];
    for (const file of told) if (!found.has(file)) found.set(file, []);
    this.#shown.clear();
    for (const [file, diagnostics] of found) {
      if (diagnostics.length > 0) this.#shown.add(file);
      const uri = this.#uriOf(file);
      const version = this.#documents.get(uri)?.version;
      void this.#connection.sendDiagnostics({
        uri,
        diagnostics: [...diagnostics],
        ...(version !== undefined && { version }),
      });
    }
  }
}
