import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gated, each, endAll, settled } from '../fixtures/gated.ts';
import { open } from '../fixtures/noting-tasks.ts';

it('holds where attempts are handed out as work: only what may begin is there to be taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-shared-'));
  const { task, begun, under, implementation, most } = gated({ concurrency: 2, queue: 3 });
  const runtime = open(
    { tasks: [implementation], flows: [each(task)] },
    { db: join(folder, 'test.db'), workers: { concurrency: 8 } },
  );
  const { runId } = await runtime.start('each', ['a', 'b', 'c', 'd', 'e']);
  await expect.poll(() => under.size).toBe(2);
  expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 2, waiting: 3 });
  expect(await runtime.executeTask('work', 'f')).toMatchObject({ success: false, error: { code: 'MR3121' } });
  while (begun.length < 5 || under.size > 0) {
    await endAll(under);
    await settled();
  }
  expect(await runtime.result(runId)).toMatchObject({ success: true });
  expect(most()).toBe(2);
  expect(begun.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});
