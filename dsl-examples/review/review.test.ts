import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import system from '../../generated/review/index.ts';
import { difference } from './desk/texts.ts';

let root: string;
let clock: SimulatedClock;
let runtime: ReactiveSystemRuntime;
const base = (path = ''): string => join(root, 'base', path);
const proposal = (path = ''): string => join(root, 'proposal', path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-review-'));
  cpSync(fileURLToPath(new URL('./example', import.meta.url)), root, { recursive: true });
  clock = new SimulatedClock({ settle: () => runtime.idle() });
  runtime = new ReactiveSystemRuntime(system, { db: join(root, 'review.db'), clock, logger: silentLogger });
});
afterEach(async () => {
  await runtime.close();
  rmSync(root, { recursive: true, force: true });
});

const send = async (event: string, payload: object = {}) => {
  const sent = await runtime.sendEvent(event, { changeId: 'wheel-1', ...payload });
  await runtime.idle();
  return sent;
};
const submit = () => send('changeSubmitted', { author: 'bela', base: base(), proposal: proposal() });
const state = () => runtime.get('change', 'wheel-1')?.state;
const context = () => runtime.get('change', 'wheel-1')?.context;
const mend = () => {
  writeFileSync(
    proposal('guide/start.md'),
    '# Start here\n\n1. Open the sluice, one board at a time.\n2. Wait for the wheel.\n3. Pour the grain.\n4. Read about [the wheel](wheel.md).\n',
  );
  writeFileSync(proposal('guide/wheel.md'), '# The wheel\n\nIt turns.\n');
};

it('goes round until it is right, and is merged', async () => {
  await submit();
  expect(state()).toEqual(['changesRequested']);
  expect(readFileSync(proposal('COMMENTS-1.md'), 'utf8')).toBe(
    [
      '# wheel-1, round 1: changes requested by the rules',
      '',
      '- guide/start.md:4: a note that was meant to be worked on (leftover)',
      '- guide/start.md:6: a blank at the end of the line (trailing-blank)',
      "- guide/start.md:6: a link to 'wheel.md', which does not exist (broken-link)",
      '',
    ].join('\n'),
  );

  mend();
  await send('changeRevised');
  expect(state()).toEqual(['inReview']);
  expect(context()).toMatchObject({ round: 2, reviewer: 'chidi' });

  await send('verdictGiven', { approved: false, by: 'chidi', comment: 'Say how long to wait.' });
  expect(state()).toEqual(['changesRequested']);
  expect(readFileSync(proposal('COMMENTS-2.md'), 'utf8')).toContain('Say how long to wait.');

  await send('changeRevised');
  await send('verdictGiven', { approved: true, by: 'chidi' });
  expect(runtime.get('change', 'wheel-1')).toMatchObject({ state: ['merged'], status: 'done' });
  expect(context()).toMatchObject({ round: 3 });
  expect(readFileSync(base('guide/start.md'), 'utf8')).toBe(readFileSync(proposal('guide/start.md'), 'utf8'));
  expect(readFileSync(base('guide/wheel.md'), 'utf8')).toContain('It turns.');
  expect(existsSync(base('COMMENTS-1.md'))).toBe(false);
  expect(runtime.reader.events({ name: 'changeMerged' })).toMatchObject([
    { payload: { changeId: 'wheel-1', files: ['guide/start.md', 'guide/wheel.md'] } },
  ]);
});

it('does not merge what was not reviewed: the base has moved on', async () => {
  mend();
  await submit();
  expect(state()).toEqual(['inReview']);
  writeFileSync(base('guide/start.md'), '# Somebody was faster\n');
  await send('verdictGiven', { approved: true, by: 'chidi' });
  expect(state()).toEqual(['changesRequested']);
  expect(context()).toMatchObject({ comment: expect.stringContaining('guide/start.md has changed in the base') });
  expect(readFileSync(base('guide/start.md'), 'utf8')).toBe('# Somebody was faster\n');
});

it('is asked for again when there is nothing in it', async () => {
  rmSync(proposal('guide/start.md'));
  await submit();
  expect(state()).toEqual(['changesRequested']);
  expect(context()).toMatchObject({ comment: expect.stringContaining('the same as the base') });
});

it('is abandoned after thirty days of silence, or at the author’s word', async () => {
  await submit();
  await clock.advance('29d');
  expect(state()).toEqual(['changesRequested']);
  await clock.advance('1d');
  expect(state()).toEqual(['abandoned']);
  expect(await send('changeRevised')).toMatchObject({ handled: false });
});

it('takes no verdict before the rules have looked, and says what it would take', async () => {
  await submit();
  expect(await send('verdictGiven', { approved: true, by: 'chidi' })).toMatchObject({
    handled: false,
    available: ['changeRevised', 'changeWithdrawn'],
  });
  await send('changeWithdrawn');
  expect(state()).toEqual(['abandoned']);
});

describe('difference', () => {
  it.each([
    ['nothing', 'abc', 'abc', '', 0],
    ['an insertion', 'abc', 'abxc', '3x', 0],
    ['a removal', 'abc', 'ac', '', 1],
    ['a replacement', 'abc', 'axc', '2x', 1],
    ['all', '', 'ab', '1a 2b', 0],
    ['a move', 'abcd', 'bcda', '4a', 1],
  ])('finds %s', (_, before, after, added, removed) => {
    const found = difference([...before], [...after]);
    expect(found.added.map(({ line, text }) => `${line}${text}`).join(' ')).toBe(added);
    expect(found.removed).toBe(removed);
  });
});
