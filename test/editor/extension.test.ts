/** The extension of VS Code, with an editor and a client library that only listen. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main, project, repository } from '../cli/dsl.ts';

const folder = join(repository, 'editors/vscode');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  readonly main: string;
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
};

interface Heard {
  readonly servers: { readonly args: readonly string[]; readonly options: { readonly cwd: string } }[];
  readonly commands: Map<string, () => Promise<void>>;
  readonly warnings: string[];
  readonly pages: { html: string }[];
}

/** Activates the extension in a folder. */
async function activate(root: string): Promise<Heard> {
  const heard: Heard = { servers: [], commands: new Map(), warnings: [], pages: [] };
  const uri = { fsPath: root, toString: () => `file://${root}` };
  const vscode = {
    workspace: {
      workspaceFolders: [{ uri }],
      getConfiguration: () => ({ get: (_: string, usual: string) => usual }),
    },
    window: {
      showWarningMessage: (text: string) => heard.warnings.push(text),
      activeTextEditor: { document: { uri }, selection: { active: { line: 1, character: 1 } } },
      createWebviewPanel: () => {
        const webview = { html: '' };
        heard.pages.push(webview);
        return { webview, reveal: () => {}, onDidDispose: () => {} };
      },
    },
    commands: {
      registerCommand: (name: string, run: () => Promise<void>) => heard.commands.set(name, run),
    },
    ViewColumn: { Beside: 2 },
  };
  class LanguageClient {
    constructor(_id: string, _name: string, { run }: { run: Heard['servers'][number] }) {
      heard.servers.push(run);
    }
    start = async (): Promise<void> => {};
    stop = async (): Promise<void> => {};
    sendRequest = async (name: string): Promise<string> => `<svg>${name}</svg>`;
  }
  const own = createRequire(join(folder, 'extension.cjs'));
  const fakes: Readonly<Record<string, unknown>> = {
    vscode,
    'vscode-languageclient/node': { LanguageClient, TransportKind: { stdio: 0 } },
  };
  const module = { exports: {} as { activate(context: unknown): Promise<void> } };
  const code = readFileSync(join(folder, manifest.main), 'utf8');
  // oxlint-disable-next-line no-implied-eval -- The extension is CommonJS, and its packages are not installed here.
  new Function('require', 'module', code)((name: string): unknown => fakes[name] ?? own(name), module);
  await module.exports.activate({ subscriptions: [] });
  return heard;
}

it('starts the server of the project, offers its commands and shows a picture', async () => {
  using made = project();
  const { servers, commands, warnings, pages } = await activate(made.root);
  expect(warnings).toEqual([]);
  expect([...commands.keys()].toSorted()).toEqual(
    manifest.contributes.commands.map(({ command }) => command).toSorted(),
  );
  const [server] = servers;
  expect(server?.options.cwd).toBe(made.root);
  expect(server?.args).toEqual([
    join(made.root, 'node_modules/millrace', main.slice(repository.length)),
    'lsp',
    '--stdio',
  ]);
  await commands.get('millrace.showPicture')?.();
  expect(pages[0]?.html).toContain('<svg>millrace/picture</svg>');
});

it('says so where Millrace is not installed', async () => {
  const { servers, warnings } = await activate('/nowhere');
  expect(servers).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('/nowhere/node_modules/millrace')]);
});
