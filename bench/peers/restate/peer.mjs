// Restate, each run under an idempotency key.
import { start } from './server.mjs';
import { measureAll, work } from './workload.mjs';

const { ingress } = await start(work);
await measureAll(async (id) => {
  const answer = await fetch(`${ingress}/bench/ten`, { method: 'POST', headers: { 'idempotency-key': id } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
});
process.exit(0);
