import { expect, it } from 'vitest';
import type { LoggerTransport } from '@restatedev/restate-sdk';
import type { Logger } from '../../tasks/index.ts';
import { logTo } from './log.ts';

const context = { invocationId: 'inv_1', invocationTarget: 'shop.flows.order/run' };

/** What comes of what the SDK says. */
function lines(level: string, ...parts: readonly unknown[]): unknown[] {
  const said: unknown[] = [];
  const log = (name: string) => (message: string, fields?: unknown) => said.push([name, message, fields]);
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const meta = { level, replaying: false, context } as unknown as Parameters<LoggerTransport>[0];
  logTo(logger).write(meta, ...parts);
  return said;
}

const fields = { invocation: 'inv_1', target: 'shop.flows.order/run' };
const prose = 'Error when processing a Restate context operation.\n';

it('gives what an attempt failed with a code, and the invocation that it was of', () => {
  expect(lines('warn', prose, new Error('No such place.'))).toEqual([
    ['warn', 'MR5231: An attempt failed, and the server makes it again: No such place.', fields],
  ]);
  expect(lines('warn', prose, new Error('MR3205: The step asks for another input.'))).toEqual([
    ['warn', 'MR3205: The step asks for another input.', fields],
  ]);
});

it('says of a connection that broke only to who asks for all', () => {
  const text = 'Got abort error from connection: gone\nThis might indicate that:\n* …';
  expect(lines('error', text)).toEqual([['debug', text, fields]]);
  expect(lines('warn', prose, new Error('The operation was aborted'))).toMatchObject([
    ['debug', expect.any(String), {}],
  ]);
});
