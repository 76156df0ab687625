import { expect, it } from 'vitest';
import { jsonLogger, withFields } from './logger.ts';

const clock = { now: () => 0, at: () => () => {} };

it('writes one JSON object a line, from its level up', () => {
  const lines: string[] = [];
  const logger = withFields(jsonLogger({ write: (line) => lines.push(line), clock }), { task: 'charge' });
  logger.debug('unseen');
  logger.warn('slow', { ms: 12, error: new Error('x') });
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"slow","task":"charge","ms":12,"error":{"name":"Error","message":"x"}}\n',
  ]);
});

it('never fails on fields that are not JSON', () => {
  const lines: string[] = [];
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  jsonLogger({ write: (line) => lines.push(line), clock }).info('m', { cycle, big: 1n });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'm' });
});
