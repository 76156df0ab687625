// The process after the one that died: `recover-child.ts FILE COUNT` ends when so many runs have ended.
const began = performance.now();
const { ReactiveSystemRuntime } = await import('millrace/runtime');
const { system } = await import('../durable/system.ts');
const [file = '', wanted = '0'] = process.argv.slice(2);
const runtime = new ReactiveSystemRuntime(system, { db: file });
const open = performance.now() - began;
let [ended, first] = [0, 0];
await new Promise<void>((resolve) => {
  runtime.on((event) => {
    if (event.type !== 'run.completed') return;
    if (ended++ === 0) first = performance.now() - began;
    if (ended === Number(wanted)) resolve();
  });
});
const all = performance.now() - began;
await runtime.close();
console.log(JSON.stringify({ open, first, all, peak: process.resourceUsage().maxRSS * 1024 }));
