/** Starts the language server of the project that is open, and shows pictures. Everything else is the server's. */
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

/** What the server knows: sources, and what is written against them. */
const documents = [
  '**/*.dsl.{ts,mts}',
  '**/tasks/*.{ts,mts}',
  '**/migrations/*.{ts,mts}',
  '**/dsl.config.{ts,mts,js,mjs}',
];

/** @type {LanguageClient | undefined} */
let client;
/** @type {import('vscode').WebviewPanel | undefined} */
let panel;

/** The command line of the folder that is open. */
function mainOf(folder) {
  const named = vscode.workspace.getConfiguration('millrace', folder.uri).get('package', 'node_modules/millrace');
  return join(folder.uri.fsPath, named, 'dist/cli/main.js');
}

async function start() {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.find((each) => existsSync(mainOf(each)));
  if (folder === undefined) {
    const where = folders.map(mainOf).join(', ');
    void vscode.window.showWarningMessage(`Millrace is not installed here: there is no ${where}. Run npm install.`);
    return;
  }
  const run = {
    command: 'node',
    args: [mainOf(folder), 'lsp', '--stdio'],
    options: { cwd: folder.uri.fsPath },
    transport: TransportKind.stdio,
  };
  client = new LanguageClient(
    'millrace',
    'Millrace',
    { run, debug: run },
    {
      documentSelector: documents.map((pattern) => ({ scheme: 'file', pattern })),
    },
  );
  await client.start();
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Shows the machine or flow at the cursor. */
async function showPicture() {
  const editor = vscode.window.activeTextEditor;
  if (client === undefined || editor === undefined) return;
  const svg = await client.sendRequest('millrace/picture', {
    textDocument: { uri: editor.document.uri.toString() },
    position: editor.selection.active,
  });
  if (typeof svg !== 'string') {
    void vscode.window.showInformationMessage('There is no machine or flow at the cursor.');
    return;
  }
  if (panel === undefined) {
    panel = vscode.window.createWebviewPanel('millrace.picture', 'Picture', vscode.ViewColumn.Beside, {});
    panel.onDidDispose(() => (panel = undefined));
  }
  // No scripts; the picture brings its own colours.
  panel.webview.html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><body style="background: white">${svg}</body>`;
  panel.reveal(undefined, true);
}

/** @param {import('vscode').ExtensionContext} context */
async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('millrace.showPicture', showPicture),
    vscode.commands.registerCommand('millrace.restart', async () => {
      await stop();
      await start();
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
