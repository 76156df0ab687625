import { expect, it } from 'vitest';
import { isLoopback } from './loopback.ts';

it('knows what only this machine reaches', () => {
  for (const host of ['127.0.0.1', '127.8.0.1', 'localhost', '::1', '[::1]']) expect(isLoopback(host), host).toBe(true);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', ''])
    expect(isLoopback(host), host).toBe(false);
});
