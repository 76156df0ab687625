/** What an editor asks about the names of the orders example: the protocol's client, the real server. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CompletionRequest,
  DefinitionRequest,
  HoverRequest,
  ImplementationRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  type CompletionItem,
  type Location,
  type MarkupContent,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { project, repository, type Project } from '../cli/dsl.ts';
import { at, Client } from './client.ts';

const source = 'shop/orders.dsl.ts';
const config =
  "import { defineConfig } from 'millrace';\n\nexport default defineConfig({ globs: ['shop/*.dsl.ts'] });\n";

let made: Project;
let client: Client;
let text: string;

const read = (path: string): string => readFileSync(join(made.root, path), 'utf8');
const position = (path: string, marked: string) => ({
  textDocument: { uri: client.uri(path) },
  position: at(read(path), marked),
});

beforeAll(async () => {
  made = project({ 'dsl.config.ts': config });
  cpSync(join(repository, 'dsl-examples/orders'), join(made.root, 'shop'), { recursive: true });
  mkdirSync(join(made.root, 'shop/migrations'));
  const migration = `import { migration } from 'millrace/migrate';

export default migration({
  from: '0.9.0',
  to: '1.0.0',
  instances: { order: { states: { onItsWay: 'travelling' } } },
  tasks: { takeMoney: 'chargeCard' },
});
`;
  writeFileSync(join(made.root, 'shop/migrations/0.9.0-to-1.0.0.ts'), migration);
  expect((await made.dsl(['compile'])).stderr).toBe('');
  text = read(source);
  client = await new Client(made.root).start();
  await client.open(source);
  await client.shows(source, []);
});
afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  made?.[Symbol.dispose]();
});

it('goes to a declaration, to the code of a task, and back', async () => {
  const definition = await client.connection.sendRequest(
    DefinitionRequest.type,
    position(source, "target: 'travel|ling'"),
  );
  const state = (definition as Location).range;
  expect(state.start).toEqual(at(text, '\n      |travelling: {'));
  const implementation = await client.connection.sendRequest(
    ImplementationRequest.type,
    position(source, '|chargeCard({'),
  );
  const code = implementation as Location;
  expect(code.uri).toBe(client.uri('shop/tasks/charge-card.ts'));
  const from = position('shop/tasks/charge-card.ts', 'implement(charge|Card');
  const back = (await client.connection.sendRequest(DefinitionRequest.type, from)) as Location;
  expect(back).toEqual({
    uri: client.uri(source),
    range: { start: at(text, 'export const |chargeCard'), end: at(text, 'export const chargeCard|') },
  });
  expect(await client.connection.sendRequest(DefinitionRequest.type, position(source, 'z.ob|ject'))).toBeNull();
});

it('finds everything that names something', async () => {
  const request = { ...position(source, "task('send|Mail'"), context: { includeDeclaration: true } };
  const found = (await client.connection.sendRequest(ReferencesRequest.type, request)) ?? [];
  expect(found.filter(({ uri }) => uri === client.uri(source))).toHaveLength(text.split(/\bsendMail\b/).length - 1);
  expect(found.at(-1)?.uri).toBe(client.uri('shop/tasks/send-mail.ts'));
});

it('says what something is, with its picture, its declaration and its code', async () => {
  const hover = async (marked: string): Promise<string> => {
    const found = await client.connection.sendRequest(HoverRequest.type, position(source, marked));
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  };
  const machine = await hover("machine('ord|er'");
  expect(machine).toContain('**machine** `order`');
  expect(machine).toContain('The life of one order.');
  const picture = /\[Picture\]\((file:[^)]*\.svg)\)/.exec(machine)?.[1] ?? '';
  expect(readFileSync(fileURLToPath(picture), 'utf8')).toMatch(/^<svg[^]*travelling/);
  expect(machine).toContain(`[Declaration](${client.uri(source)}#L${at(text, "machine('order'").line + 1})`);
  expect(await hover("target: 'travel|ling'")).toMatch(
    /\*\*state\*\* `travelling` of machine `order`[^]*Reacts to `parcelDelivered`/,
  );
  expect(await hover('  refund|ing: {')).toContain('Runs flow `');
  const task = await hover('|chargeCard({');
  expect(task).toContain("```ts\nexport const chargeCard = task('chargeCard'");
  expect(task).toContain(`[Implementation](${client.uri('shop/tasks/charge-card.ts')})`);
  expect(await hover(".sleep('let|ItSink'")).toMatch(/\*\*step\*\* `letItSink` of flow `askForReview`[^]*A sleep\./);
  expect(await hover('z.ob|ject')).toBe('');
});

it('completes names in a source that is half written', async () => {
  const complete = async (before: string, typed: string): Promise<readonly CompletionItem[]> => {
    const changed = text.replace(before, typed.replace('|', ''));
    expect(changed).not.toBe(text);
    await client.type(source, changed);
    const place = { textDocument: { uri: client.uri(source) }, position: at(changed, typed) };
    return ((await client.connection.sendRequest(CompletionRequest.type, place)) ?? []) as CompletionItem[];
  };
  const labels = (items: readonly CompletionItem[]): readonly string[] => items.map(({ label }) => label);
  const states = await complete("onDone: 'closed'", "onDone: 'cl|");
  expect(labels(states)).toEqual(expect.arrayContaining(['closed', 'travelling', 'refunding']));
  expect(states.find(({ label }) => label === 'closed')?.textEdit).toMatchObject({ newText: 'closed' });
  const events = await complete('on: { parcelDelivered: { target', 'on: { par| : { target');
  expect(labels(events)).toEqual(['orderPlaced', 'parcelDelivered', 'orderCancelled']);
  const steps = await complete(".emit('announced', ({ input, dispatched })", ".emit('announced', ({ input, dis| })");
  expect(labels(steps)).toEqual(expect.arrayContaining(['input', 'payment', 'dispatched']));
  expect(labels(steps)).not.toContain('mail');
  const flows = await complete("flow: 'takeBack'", "flow: '|'");
  expect(labels(flows)).toEqual(['fulfilOrder', 'askForReview', 'takeBack', 'apologise']);
  const taken = await complete('events: { orderPlaced', 'events: { |, orderPlaced');
  expect(labels(taken)).toContain('parcelDelivered');
  await client.type(source, text);
  await client.shows(source, []);
});

it('completes all states while a quote is open in the middle of them', async () => {
  const half = text.replace("target: 'open', assign", "target: ', assign");
  await client.type(source, half);
  const place = { textDocument: { uri: client.uri(source) }, position: at(half, "target: '|, assign") };
  const items = ((await client.connection.sendRequest(CompletionRequest.type, place)) ?? []) as CompletionItem[];
  expect(items.map(({ label }) => label)).toEqual(
    expect.arrayContaining(['waiting', 'open', 'travelling', 'delivered', 'closed', 'refunding', 'cancelled']),
  );
  await client.type(source, text);
  await client.shows(source, []);
});

/** The texts that a rename asks for, by path; renamed files under their new one. */
async function rename(path: string, marked: string, newName: string): Promise<ReadonlyMap<string, string>> {
  const edit = await client.connection.sendRequest(RenameRequest.type, { ...position(path, marked), newName });
  const texts = new Map<string, string>();
  const short = (uri: string): string => fileURLToPath(uri).slice(made.root.length + 1);
  for (const change of (edit as WorkspaceEdit).documentChanges ?? []) {
    if ('kind' in change) {
      if (change.kind !== 'rename') throw new Error(change.kind);
      const [from, to] = [short(change.oldUri), short(change.newUri)];
      texts.set(to, texts.get(from) ?? read(from));
      texts.delete(from);
    } else {
      const { uri } = (change as TextDocumentEdit).textDocument;
      texts.set(short(uri), applied(read(short(uri)), change.edits as TextEdit[]));
    }
  }
  return texts;
}

function applied(before: string, edits: readonly TextEdit[]): string {
  const lines = before.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (rest, { range, newText }) => rest.slice(0, offset(range.start)) + newText + rest.slice(offset(range.end)),
      before,
    );
}

it('renames a task in the source, in its code and its file, and in the migration that is being written', async () => {
  expect(
    await client.connection.sendRequest(PrepareRenameRequest.type, position(source, "task('charge|Card'")),
  ).toEqual({
    range: { start: at(text, "task('|chargeCard'"), end: at(text, "task('chargeCard|'") },
    placeholder: 'chargeCard',
  });
  const texts = await rename(source, "task('charge|Card'", 'takeMoney');
  expect([...texts.keys()].toSorted()).toEqual([
    'shop/migrations/0.9.0-to-1.0.0.ts',
    'shop/orders.dsl.ts',
    'shop/tasks/take-money.ts',
  ]);
  expect(texts.get(source)).toBe(text.replaceAll('chargeCard', 'takeMoney'));
  expect(texts.get('shop/tasks/take-money.ts')).toContain(
    "import { takeMoney } from '../../../generated/orders/contracts.ts'",
  );
  expect(texts.get('shop/tasks/take-money.ts')).toContain('implement(takeMoney, async');
  expect(texts.get('shop/migrations/0.9.0-to-1.0.0.ts')).toContain("tasks: { takeMoney: 'takeMoney' }");
  // From the code of the task it is the same.
  const from = await rename('shop/tasks/charge-card.ts', 'implement(charge|Card', 'takeMoney');
  expect([...from]).toEqual([...texts]);
  // What it asks for compiles, and has no problem.
  const old = new Map(
    ['shop/tasks/charge-card.ts', ...texts.keys()].map((path) => [
      path,
      existsSync(join(made.root, path)) ? read(path) : '',
    ]),
  );
  for (const [path, after] of texts) writeFileSync(join(made.root, path), after);
  renameSync(join(made.root, 'shop/tasks/charge-card.ts'), join(made.root, 'kept.ts'));
  expect((await made.dsl(['check'])).stdout).toBe('No problems in orders.\n');
  for (const [path, before] of old) writeFileSync(join(made.root, path), before);
});

it('renames a state in the source and in the migration; what is no name of the system, not at all', async () => {
  const texts = await rename(source, "target: 'travel|ling'", 'onTheRoad');
  expect(texts.get(source)).toBe(text.replaceAll(/\btravelling\b/g, 'onTheRoad'));
  expect(texts.get('shop/migrations/0.9.0-to-1.0.0.ts')).toContain("onItsWay: 'onTheRoad'");
  expect(texts.size).toBe(2);
  expect(await client.connection.sendRequest(PrepareRenameRequest.type, position(source, 'z.ob|ject'))).toBeNull();
  const taken = client.connection.sendRequest(RenameRequest.type, {
    ...position(source, "task('charge|Card'"),
    newName: 'sendMail',
  });
  await expect(taken).rejects.toThrow(/MR1782/);
  await expect(taken).rejects.not.toThrow(/Edit 1/);
});

it('asks of an editor only what it can do', async () => {
  await using plain = await new Client(made.root).start(false);
  const place = (marked: string) => ({ textDocument: { uri: plain.uri(source) }, position: at(text, marked) });
  const edit = await plain.connection.sendRequest(RenameRequest.type, {
    ...place("target: 'travel|ling'"),
    newName: 'onTheRoad',
  });
  expect(edit?.documentChanges).toBeUndefined();
  expect(Object.keys(edit?.changes ?? {})).toHaveLength(2);
  const moved = plain.connection.sendRequest(RenameRequest.type, {
    ...place("task('charge|Card'"),
    newName: 'askForMoney',
  });
  await expect(moved).rejects.toThrow(/cannot rename files/);
});

it('draws a picture on request', async () => {
  const svg = await client.connection.sendRequest('millrace/picture', position(source, "flow(\n  'fulfil|Order'"));
  expect(svg).toMatch(/^<svg/);
});
