import { expect, it } from 'vitest';
import { system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { version } from './rule.ts';

it.each(['1.0.0', '0.0.1', '10.20.30', '1.0.0-beta.1', '1.0.0+build.5', '1.0.0-rc-1+a'])('takes %s', (value) => {
  expect(messages(version, system({ version: value }))).toEqual([]);
});

it.each(['1', '1.0', 'v1.0.0', '1.0.0.0', '01.0.0', '1.0.0-', '', 'latest'])('refuses %j', (value) => {
  expect(found(version, system({ version: value }))).toMatchObject([
    { message: `'${value}' is not a version.`, path: 'version' },
  ]);
});
