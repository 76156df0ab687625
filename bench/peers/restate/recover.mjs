// Restate: `hang N` brings so many runs into their sixth step and says so; `recover N` ends when all have ended.
import { start } from './server.mjs';
import { middle, work } from './workload.mjs';

const [phase, count] = [process.argv[2], Number(process.argv[3])];
const reached = Promise.withResolvers();
let inMiddle = 0;
const { ingress, admin } = await start((index) => {
  if (phase !== 'hang' || index !== middle) return work(index);
  if (++inMiddle === count) reached.resolve();
  return new Promise(() => {});
});
if (phase === 'hang') {
  for (let index = 0; index < count; index += 1) {
    const answer = await fetch(`${ingress}/bench/ten/send`, {
      method: 'POST',
      headers: { 'idempotency-key': `r${index}` },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }
  await reached.promise;
  console.log('hanging');
} else {
  for (;;) {
    const answer = await fetch(`${admin}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: `select count(*) as n from sys_invocation where status = 'completed'` }),
    });
    // Before the server has found its data it answers with an error.
    const { rows } = await answer.json();
    if (rows?.[0]?.n === count) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log('recovered');
  process.exit(0);
}
