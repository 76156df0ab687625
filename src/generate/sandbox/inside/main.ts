/**
 * The process in which code is tried that nobody has read. It loads that code, hands it one input after the other, and
 * tells what came of it: it never says whether that is right. It is bundled into one file that stands in the stage.
 */
import { readSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Asked, Answered, Notice } from './wire.ts';
import { harmless } from '../harmless.ts';
import { perform } from './perform.ts';
import { closeRealm, watchBuiltins } from './realm.ts';

const [, , taskFile = ''] = process.argv;
const parse = JSON.parse;
const print = JSON.stringify;
const resources = process.getActiveResourcesInfo.bind(process);
const listen = process.on.bind(process);
const turn = setImmediate;
const answers = 3;

const encoder = new TextEncoder();
const encode = encoder.encode.bind(encoder);
/** Waits for the pipe: while it does nothing else in this process runs. */
function send(line: Answered | Notice): void {
  const bytes = encode(`${print(line)}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(answers, bytes, at, bytes.length - at);
}

const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);
const chunk = new Uint8Array(65_536);
let rest = '';
/** The next line of the standard input; nothing at its end. Nothing else runs meanwhile: work that is late stays late. */
function receive(): string | undefined {
  for (;;) {
    const end = rest.indexOf('\n');
    if (end >= 0) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      return line;
    }
    const read = readSync(0, chunk, 0, chunk.length, null);
    if (read === 0) return undefined;
    rest += decode(chunk.subarray(0, read), { stream: true });
  }
}

const misdeeds: string[] = [];
const note = (what: string): void => {
  if (misdeeds.length < 20 && !misdeeds.includes(what)) misdeeds[misdeeds.length] = what;
};
const take = (): readonly string[] => misdeeds.splice(0);
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

/** Lets everything run that can: what is still going on then is late. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((done) => void turn(done));
}

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === taskFile && context.parentURL === import.meta.url) return next(specifier, context);
    if (context.parentURL !== import.meta.url && harmless.has(specifier)) return next(specifier, context);
    note(`tried to load '${specifier.slice(0, 200)}'`);
    throw new Error(`'${specifier}' is not there in verification`);
  },
});
closeRealm();
const changedBuiltins = watchBuiltins();
listen('uncaughtException', (thrown: unknown, origin: string) => {
  const kind = origin === 'unhandledRejection' ? 'left a rejection unhandled' : 'threw where nobody catches';
  note(`${kind}: ${textOf(thrown)}`);
});

function check(loading = false): void {
  for (const name of changedBuiltins(loading).slice(0, 5)) note(`changed the builtin ${name}`);
}

async function load(): Promise<Parameters<typeof perform>[1] | undefined> {
  try {
    const module = (await import(taskFile)) as Parameters<typeof perform>[1];
    await settle();
    check(true);
    if (typeof module.run !== 'function' || typeof module.contract !== 'function')
      throw new TypeError('its default export is no implementation of the task');
    send({ notice: 'ready' });
    return module;
  } catch (error) {
    send({ notice: 'broken', why: textOf(error), misdeeds: take() });
    return undefined;
  }
}

const module = await load();
if (module !== undefined) {
  // What happened while the module was loaded is told with the first answer.
  for (let line = receive(); line !== undefined; line = receive()) {
    const asked = parse(line) as Asked | { readonly end: string };
    if ('end' in asked) {
      await settle();
      check();
      send({ notice: 'done', nonce: asked.end, misdeeds: take() });
      continue;
    }
    const before = resources().length;
    const came = await perform(asked, module, note);
    await settle();
    const left = resources();
    if (left.length > before) note(`went on after its answer: ${left.slice(before).join(', ')}`);
    check();
    send({ id: asked.id, ...came, misdeeds: take() });
  }
}
