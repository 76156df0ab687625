/**
 * The process in which code is tried that nobody has read. It loads that code, hands it one input after the other, and
 * tells what came of it: it never says whether that is right. It is bundled into one file that stands in the stage.
 *
 * That code shares the builtins with this module. So whatever decides here what is loaded and what is told asks for no
 * method and no iterator of a builtin after that code is there, but for what was taken before.
 */
/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose, and applied */
import { readSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { harmless } from '../harmless.ts';
import { perform, type Came } from './perform.ts';
import { closeRealm, watchBuiltins, watchLooks } from './realm.ts';
import type { Asked } from './wire.ts';

const { apply } = Reflect;
const { hasOwn } = Object;
const { parse, stringify } = JSON;
const { exec } = RegExp.prototype;
const { indexOf, slice } = String.prototype;
const { subarray } = Uint8Array.prototype;
const toText = String;
const Later = Promise;
const turn = setImmediate;
const resources = process.getActiveResourcesInfo.bind(process);
const listen = process.on.bind(process);
const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);

/** A text as JSON: of no other value, as every other one may bring a `toJSON` along. */
const quote = (text: string): string => stringify(text);

const [, , taskFile = ''] = process.argv;
const answers = 3;

/** Waits for the pipe: while it does nothing else in this process runs. */
function send(members: string): void {
  writeSync(answers, `{${members}}\n`);
}

const chunk = new Uint8Array(65_536);
let rest = '';
/** The next line of the standard input; nothing at its end. Nothing else runs meanwhile: work that is late stays late. */
function receive(): string | undefined {
  for (;;) {
    const end = apply(indexOf, rest, ['\n']);
    if (end >= 0) {
      const line = apply(slice, rest, [0, end]);
      rest = apply(slice, rest, [end + 1]);
      return line;
    }
    const read = readSync(0, chunk, 0, 65_536, null);
    if (read === 0) return undefined;
    rest += decode(apply(subarray, chunk, [0, read]), { stream: true });
  }
}

let misdeeds = '';
let count = 0;
/** Remembers what the code did that no task may do. */
function note(what: string): void {
  if (count >= 20) return;
  misdeeds += `${count === 0 ? '' : ','}${quote(apply(slice, what, [0, 500]))}`;
  count += 1;
}
function take(): string {
  const taken = `"misdeeds":[${misdeeds}]`;
  misdeeds = '';
  count = 0;
  return taken;
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${toText(thrown.name)}: ${toText(thrown.message)}` : toText(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

/** Lets everything run that can: what is still going on then is late. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Later<void>((done) => void turn(done));
}

const isHarmless: Record<string, true> = Object.assign(
  Object.create(null) as Record<string, true>,
  Object.fromEntries([...harmless].map((name) => [name, true])),
);
/** The name of a file of the stage, apart from this one. */
const ofStage = /^\.\/(?!inside)[\w-]+\.mjs$/;
registerHooks({
  resolve(specifier, context, next) {
    const isOwn = context.parentURL === import.meta.url;
    const isOfStage = apply(exec, ofStage, [specifier]) !== null || (isOwn && specifier === taskFile);
    if (isOfStage || (!isOwn && isHarmless[specifier] === true)) return next(specifier, context);
    note(`tried to load '${specifier}'`);
    throw new Error(`'${specifier}' is not there in verification`);
  },
});
closeRealm();
watchLooks(note);
const tellChanged = watchBuiltins();
const check = (loading = false): void => tellChanged(loading, (name) => note(`changed the builtin ${name}`));
listen('uncaughtException', (thrown: unknown, origin: string) => {
  const kind = origin === 'unhandledRejection' ? 'left a rejection unhandled' : 'threw where nobody catches';
  note(`${kind}: ${textOf(thrown)}`);
});

type TaskModule = Parameters<typeof perform>[1];

async function load(file: string): Promise<TaskModule> {
  const module = (await import(file)) as TaskModule;
  await settle();
  check(true);
  if (typeof module.run !== 'function' || typeof module.contract !== 'function')
    throw new TypeError('its default export is no implementation of the task');
  return module;
}

async function answer(asked: Asked, module: TaskModule): Promise<Came> {
  const before = resources().length;
  const came = await perform(asked, module, note);
  await settle();
  const left = resources();
  for (let i = before; i < left.length; i++) note(`went on after its answer: ${left[i]}`);
  check();
  return came;
}

/** A variant that cannot even be loaded has failed. */
async function answerOf(asked: Asked, own: TaskModule): Promise<Came> {
  if (asked.file === undefined) return answer(asked, own);
  try {
    return await answer(asked, await load(`./${asked.file}`));
  } catch (error) {
    return {
      failed: { name: 'Error', code: 'MR3100', message: textOf(error) },
      emitted: '[]',
      files: '{}',
      asked: '[]',
    };
  }
}

/** An answer in JSON. What the code gave travels as the text that it became: it is read outside. */
function printed({ failed, output, emitted, files, asked }: Came): string {
  const outcome =
    failed === undefined
      ? `"ok":true${output === undefined ? '' : `,"output":${quote(output)}`}`
      : `"ok":false,"error":{"name":${quote(failed.name)},"code":${quote(failed.code)},"message":${quote(failed.message)}}`;
  return `"outcome":{${outcome}},"emitted":${quote(emitted)},"files":${quote(files)},"asked":${quote(asked)}`;
}

async function serve(): Promise<void> {
  let module: TaskModule;
  try {
    module = await load(taskFile);
  } catch (error) {
    return send(`"notice":"broken","why":${quote(textOf(error))},${take()}`);
  }
  send('"notice":"ready"');
  // What happened while the module was loaded is told with the first answer.
  for (let line = receive(); line !== undefined; line = receive()) {
    const asked = parse(line) as Asked & { readonly end?: string };
    if (hasOwn(asked, 'end')) {
      await settle();
      check();
      send(`"notice":"done","nonce":${quote(asked.end ?? '')},${take()}`);
    } else {
      const came = printed(await answerOf(asked, module));
      send(`"id":${quote(asked.id)},${came},${take()}`);
    }
  }
}

await serve();
