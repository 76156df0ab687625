/**
 * What every engine does here: runs of one flow with ten steps after another, each step giving about 230 bytes. A peer
 * is a script that is started with the numbers of concurrent runs and of runs (`1:100 10:500`) and ends with one line of JSON.
 */
export const steps = 10;
/** The step in which a process dies, where that is measured. */
export const middle = 5;
const pad = 'x'.repeat(200);

export const work = (index) => ({ index, ok: true, pad });

/** Runs `runs` runs with `concurrent` of them at a time; gives steps per second. */
async function measure(runOne, concurrent, runs) {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: concurrent }, async () => {
      while (next < runs) {
        const id = `r${concurrent}-${next++}`;
        const sum = await runOne(id);
        if (sum !== 45) throw new Error(`Run ${id} gave ${String(sum)}.`);
      }
    }),
  );
  return (runs * steps) / ((performance.now() - started) / 1000);
}

/** Measures what the arguments ask for, after some runs to warm up. */
export async function measureAll(runOne) {
  let warm = 0;
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (warm < 50) await runOne(`warm-${warm++}`);
    }),
  );
  const found = {};
  for (const plan of process.argv.slice(2)) {
    const [concurrent, runs] = plan.split(':').map(Number);
    found[concurrent] = await measure(runOne, concurrent, runs);
  }
  console.log(JSON.stringify(found));
}
