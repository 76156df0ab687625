import { expect, it } from 'vitest';
import { cases, head, tryBody, tryModule } from './fixtures/try-code.ts';

/** What somebody does who wants a green verdict or the world, and what is said of it. `sums` are right where it helps. */
const right = 'return { sum: a + b };';

it.concurrent.each<readonly [name: string, body: string, module: string, why: RegExp]>([
  // To be believed.
  ['ends the process while it is loaded', right, `globalThis.process.exit(0);`, /loaded|exit|undefined/],
  ['ends the process in a call', 'globalThis.process.exit(0);', '', /failed|ended/],
  ['says that everything is equal', 'return { sum: 0 };', 'Object.is = () => true;', /changed the builtin Object\.is/],
  [
    'prints something else than it is given',
    'return { sum: 0 };',
    `JSON.stringify = () => '{"sum":3}';`,
    /changed the builtin JSON\.stringify/,
  ],
  ['reads something else', right, `JSON.parse = () => ({});`, /changed the builtin JSON\.parse/],
  [
    'gives every object a member',
    right,
    'Object.prototype.pass = true;',
    /changed the builtin Object\.prototype\.pass/,
  ],
  [
    'hooks into promises',
    right,
    'const then = Promise.prototype.then; Promise.prototype.then = function (...x) { return then.apply(this, x); };',
    /changed the builtin Promise\.prototype\.then/,
  ],
  [
    'changes how lists run',
    right,
    'Array.prototype[Symbol.iterator] = function* () {};',
    /changed the builtin|ended|cannot be loaded/,
  ],
  [
    'changes iterators',
    right,
    'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });',
    /changed the builtin|ended|cannot be loaded/,
  ],
  [
    'freezes what the judge needs',
    right,
    'Object.freeze(Array.prototype); Object.setPrototypeOf(Array.prototype, null);',
    /changed|ended|loaded/,
  ],
  [
    'changes a builtin only in the call',
    'Math.max = () => 3; return { sum: a + b };',
    '',
    /changed the builtin Math\.max/,
  ],
  ['leaves a global', 'globalThis.seen = true; return { sum: a + b };', '', /changed the builtin seen/],
  ['hides in an accessor', 'return { get sum() { return 0; } };', '', /gave \{"sum":0\}/],
  ['gives what prints itself', 'return { toJSON: () => ({ sum: a - b }) };', '', /gave/],
  ['gives a proxy', 'return new Proxy({}, { get: () => 3, ownKeys: () => ["sum"] });', '', /gave|failed/],
  ['gives a number that is none', 'return { sum: { [Symbol.toPrimitive]: () => a + b } };', '', /failed with MR3102/],
  ['gives a number object', 'return { sum: new Number(a + b) };', '', /failed with MR3102/],
  ['gives more than the contract says', 'return { sum: a + b, note: 5 };', '', /failed with MR3102/],
  ['gives a then that never comes', 'return { then() {} };', '', /waited for what never comes|took longer/],
  ['answers and goes on', 'setTimeout(() => {}, 60_000); return { sum: a + b };', '', /went on after its answer/],
  [
    'fails after its answer',
    'Promise.reject(new Error("late")); return { sum: a + b };',
    '',
    /left a rejection unhandled: Error: late/,
  ],
  [
    'throws after its answer',
    'setTimeout(() => { throw new Error("late") }, 0); return { sum: a + b };',
    '',
    /threw where nobody catches|went on after/,
  ],
  [
    'rejects while it is loaded',
    right,
    'Promise.reject(new Error("early"));',
    /left a rejection unhandled: Error: early/,
  ],
  [
    'emits after its answer',
    'queueMicrotask(async () => { for (let i = 0; i < 9; i++) await 0; ctx.emit(added({ sum: 1 })); }); return { sum: a + b };',
    '',
    /after the end of its attempt/,
  ],
  [
    'saves after its answer',
    'setImmediate(() => void ctx.checkpoint(1)); return { sum: a + b };',
    '',
    /after the end of attempt|went on/,
  ],
  ['throws nothing', 'throw undefined;', '', /failed with/],
  [
    'throws what throws',
    'throw { get message() { throw 1 }, get name() { throw 2 }, get code() { throw 3 } };',
    '',
    /failed with/,
  ],
  [
    'throws a revoked proxy',
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;',
    '',
    /failed with/,
  ],
  ['throws what is long', 'throw new Error("x".repeat(5e6));', '', /failed with MR3100/],
  ['knows the answers by heart', 'return { sum: 3 };', '', /gave \{"sum":3\}, expected \{"sum":42\}/],
  ['counts the calls', 'return { sum: [3, 7][n++] };', 'let n = 0;', /expected \{"sum":42\}/],
  [
    'brings a print of its own along',
    'Object.prototype.toJSON = function () { return { ...this, misdeeds: [] }; }; return { sum: a + b };',
    '',
    /changed the builtin|failed|ended/,
  ],
  [
    'hides what it changed from lists',
    'Math.max = () => 3; Array.prototype.includes = () => true; Object.defineProperty(Array.prototype, "0", { set() {}, configurable: true }); return { sum: a + b };',
    '',
    /changed the builtin|failed|ended/,
  ],
  [
    'lets every name pass',
    'RegExp.prototype.exec = () => []; RegExp.prototype.test = () => true; Set.prototype.has = () => true; Map.prototype.has = () => true; await import(["node", "fs"].join(":")); return { sum: a + b };',
    '',
    /tried to load|changed the builtin/,
  ],
  [
    'brings a contract of its own',
    right,
    'import { z } from "zod"; const mine = Object.assign(() => {}, add, { contract: "add" }); add.output = z.any();',
    /./,
  ],
])('%s', async (_name, body, module, why) => {
  const verdict = await tryBody(body, module);
  expect(verdict.pass, JSON.stringify(verdict)).toBe(false);
  expect([verdict.why, ...verdict.results.map((one) => one.why)].join('\n')).toMatch(why);
});

it.concurrent.each<readonly [name: string, body: string, why: RegExp]>([
  // To reach the world. Each says what it found as a note, where it found something.
  ['process', 'return { sum: a + b, note: globalThis.process?.version };', /^$/],
  [
    'Function',
    `return { sum: 0, note: String((() => {}).constructor('return process')()) };`,
    /Code generation from strings disallowed/,
  ],
  [
    'AsyncFunction',
    `return { sum: 0, note: String(await (async () => {}).constructor('return process')()) };`,
    /Code generation from strings disallowed/,
  ],
  [
    'GeneratorFunction',
    `return { sum: 0, note: String((function* () {}).constructor('yield process')().next().value) };`,
    /Code generation from strings disallowed/,
  ],
  [
    'Function of the context',
    `return { sum: 0, note: String(ctx.emit.constructor('return process')()) };`,
    /Code generation from strings disallowed/,
  ],
  [
    'Function of the signal',
    `return { sum: 0, note: String(ctx.signal.constructor.constructor('return process')()) };`,
    /Code generation from strings disallowed/,
  ],
  ['eval', `return { sum: 0, note: String(globalThis['ev' + 'al']('1')) };`, /is not a function/],
  ['a string for a timer', `setTimeout('process.exit(0)'); return { sum: a + b };`, /failed/],
  [
    'import of node:fs',
    `const fs = await import('node:' + 'fs'); return { sum: 0, note: fs.readFileSync('/etc/passwd', 'utf8') };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of fs',
    `const fs = await import(['f', 's'].join('')); return { sum: 0, note: fs.readFileSync('/etc/passwd', 'utf8') };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of node:sqlite',
    `const { DatabaseSync } = await import('node:' + 'sqlite'); new DatabaseSync('/tmp/x'); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of worker threads',
    `const { Worker } = await import('node:' + 'worker_threads'); new Worker('0', { eval: true }); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of the inspector',
    `const i = await import('node:' + 'inspector'); i.open(); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of a child process',
    `const c = await import('node:' + 'child_process'); c.execSync('id'); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of the harness',
    `const m = await import(['./inside', 'mjs'].join('.')); return { sum: 0, note: Object.keys(m).join() };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of a data address',
    `const m = await import(['data:text/javascript', 'export default 1'].join(',')); return { sum: 0, note: m.default };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of a file address',
    `const m = await import(['file:', '', '', 'etc', 'passwd'].join('/')); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import of itself, again',
    `const m = await import(import.meta.url + '?again'); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  [
    'import through a percent sign',
    `const m = await import('node:%66s' + ''); return { sum: 0 };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
  ['require', `return { sum: 0, note: String(require('fs')) };`, /is not (there|defined|supported)/],
  [
    'import.meta',
    `return { sum: 0, note: String(import.meta.resolve?.('node:fs')).includes('x') ? '' : typeof import.meta.main };`,
    /tried to load .node:fs/,
  ],
  ['WebAssembly', `return { sum: 0, note: String(new WebAssembly.Memory({ initial: 1 })) };`, /not defined/],
  ['shared memory', `return { sum: 0, note: String(new SharedArrayBuffer(8)) };`, /not defined/],
  ['the network', `return { sum: 0, note: String(await globalThis.fetch('http://127.0.0.1:1')) };`, /not a function/],
  ['a socket', `return { sum: 0, note: String(new WebSocket('ws://127.0.0.1:1')) };`, /not defined/],
  [
    'the dispatcher of the network',
    `return { sum: 0, note: String(globalThis[Symbol.for('undici.globalDispatcher.1')].constructor) };`,
    /failed/,
  ],
  [
    'the callers',
    `Error.prepareStackTrace = (_, sites) => sites; const sites = new Error().stack; return { sum: 0, note: String(sites.map((s) => s.getThis?.() ?? s.getFunction?.()).find(Boolean)) };`,
    /changed the builtin|gave|failed/,
  ],
  [
    'the text of its own code',
    `return { sum: a + b, note: String((x: number) => x).includes('number') ? 'x' : undefined };`,
    /asked for the text of a function/,
  ],
  [
    'the text of a function in a template',
    'return { sum: a + b, note: `${add}` };',
    /asked for the text of a function/,
  ],
  [
    'the place where it runs',
    `return { sum: a + b, note: new Error('x').stack?.slice(0, 4) };`,
    /looked at the stack of an error/,
  ],
  [
    'the place where it failed',
    `try { null.x; } catch (error) { return { sum: a + b, note: error.stack.includes('stage') ? 'x' : 'y' }; }`,
    /looked at the stack of an error/,
  ],
  ['a host that is not declared', `await ctx.fetch('https://evil.test/'); return { sum: 0 };`, /MR3150/],
  [
    'a host that nobody answers for, and minds nothing',
    `await ctx.fetch('https://sums.test/collect', { method: 'POST', body: 'x' }).catch(() => {}); return { sum: a + b };`,
    /asked POST https:\/\/sums\.test\/collect, which no fake of the case answers, and went on/,
  ],
  ['a host that nobody answers for', `await ctx.fetch('https://sums.test/'); return { sum: 0 };`, /MR3152/],
  ['a file that is not declared', `return { sum: 0, note: await ctx.fs.readText('/etc/passwd') };`, /MR3150/],
  ['a file above', `return { sum: 0, note: await ctx.fs.readText('sums/../../etc/passwd') };`, /MR3150/],
  ['the environment', `return { sum: 0, note: ctx.env('PATH') };`, /MR3150/],
  [
    'shared code that reads files',
    `const { stored } = await import('../lib/sums.ts'); return { sum: 0, note: stored() };`,
    /not there in verification|tried to load|is not a (function|constructor)/,
  ],
])('reaches for %s', async (_name, body, why) => {
  const verdict = await tryBody(body);
  const whys = [verdict.why, ...verdict.results.map((one) => one.why)].join('\n').trim();
  expect(verdict.pass, JSON.stringify(verdict)).toBe(why.source === '^$');
  expect(whys).toMatch(why);
  expect(JSON.stringify(verdict)).not.toMatch(/root:|"note":"v\d/);
});

it.concurrent.each<readonly [name: string, module: string, why: RegExp]>([
  ['spins in a call', `${head}export default implement(add, () => { for (;;); });`, /took longer than 2000 ms/],
  [
    'spins while it is loaded',
    `${head}for (;;);\nexport default implement(add, () => ({ sum: 0 }));`,
    /took longer than 3000 ms to load/,
  ],
  [
    'waits for ever',
    `${head}export default implement(add, () => new Promise(() => {}));`,
    /waited for what never comes|took longer/,
  ],
  [
    'waits for ever with a timer',
    `${head}export default implement(add, () => new Promise(() => void setInterval(() => {}, 10)));`,
    /took longer than 2000 ms/,
  ],
  [
    'waits in microtasks',
    `${head}export default implement(add, async () => { for (;;) await 0; });`,
    /took longer than 2000 ms/,
  ],
  [
    'waits for ever while it is loaded',
    `${head}await new Promise(() => {});\nexport default implement(add, () => ({ sum: 0 }));`,
    /waited for what never comes|ended|took longer/,
  ],
  [
    'fills the heap',
    `${head}export default implement(add, () => { const all: unknown[] = []; for (;;) all.push({ all: [...all.slice(-99)] }); });`,
    /memory|took longer/,
  ],
  [
    'fills the memory beside the heap',
    `${head}export default implement(add, () => { const all: unknown[] = []; for (;;) all.push(new Uint8Array(2e7).fill(1)); });`,
    /memory/,
  ],
  [
    'fills a string',
    `${head}export default implement(add, () => ({ sum: 3, note: 'x'.repeat(5e6) }));`,
    /answered with more than 1000000 bytes/,
  ],
  [
    'fills the stack',
    `${head}const deep = (): number => deep() + 1;\nexport default implement(add, () => ({ sum: deep() }));`,
    /Maximum call stack/,
  ],
  [
    'gives what is deep',
    `${head}export default implement(add, () => { let deep: unknown = {}; for (let i = 0; i < 1e5; i++) deep = { deep }; return { sum: 3, deep } as never; });`,
    /MR3102|failed|gave/,
  ],
  [
    'gives what contains itself',
    `${head}export default implement(add, () => { const it: Record<string, unknown> = { sum: 3 }; it['it'] = it; return it as never; });`,
    /contains itself/,
  ],
  [
    'has a pattern that never ends',
    `${head}export default implement(add, () => ({ sum: /^(a+)+$/.test('a'.repeat(60) + 'b') ? 1 : 0 }));`,
    /took longer than 2000 ms/,
  ],
  ['has no default export', `${head}export const run = () => ({ sum: 3 });`, /./],
  ['exports something else', `export default { run: ({ a, b }) => ({ sum: a + b }) };`, /no implementation/],
  [
    'throws while it is loaded',
    `${head}if (add.kind) throw new Error('no');\nexport default implement(add, () => ({ sum: 3 }));`,
    /cannot be loaded: Error: no/,
  ],
])('%s', async (_name, module, why) => {
  const verdict = await tryModule(module, { bootMs: 3000 }).catch((error: unknown) => ({
    pass: false,
    why: String(error),
    results: cases.map(() => ({ pass: false, why: '' })),
  }));
  expect(verdict.pass, JSON.stringify(verdict)).toBe(false);
  expect(verdict.results).toHaveLength(cases.length);
  expect([verdict.why, ...verdict.results.map((one) => one.why)].join('\n')).toMatch(why);
});
