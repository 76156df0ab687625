import { deepEqual, equal, match } from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import trips from './generated/trips/index.ts';

// The tasks write beside the working directory.
const folder = mkdtempSync(join(tmpdir(), 'trips-'));
copyFileSync('agency.json', join(folder, 'agency.json'));
process.chdir(folder);

const books = () => JSON.parse(readFileSync('agency.json', 'utf8')) as unknown;

test('all of a trip is booked', async () => {
  const runtime = new ReactiveSystemRuntime(trips, { db: ':memory:', logger: silentLogger });
  const { output } = await runtime.executeFlow('bookTrip', { id: 't-1', city: 'Rome' });
  deepEqual(output, { flight: 'flight-t-1', room: 'room-t-1', car: 'car-t-1' });
  await runtime.close();
});

test('when there is no car, the room and the flight are given back', async () => {
  const runtime = new ReactiveSystemRuntime(trips, { db: ':memory:', logger: silentLogger });
  const before = books();
  const { success, error } = await runtime.executeFlow('bookTrip', { id: 't-2', city: 'Oslo' });
  equal(success, false);
  match(error?.message ?? '', /no car left in Oslo/);
  deepEqual(books(), before);
  await runtime.close();
});
