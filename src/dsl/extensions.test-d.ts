import { event, system } from 'millrace';
import { z } from 'zod';

declare module 'millrace' {
  interface Extensions {
    'test/pricing': { readonly tier: 'free' | 'gold' };
  }
}

const payload = z.string();
event('a', { payload, metadata: { 'test/pricing': { tier: 'gold' }, free: [1, { deep: null }] } });
system('s', { version: '1.0.0', metadata: { 'test/pricing': { tier: 'free' } } });
// @ts-expect-error -- no such tier
event('b', { payload, metadata: { 'test/pricing': { tier: 'silver' } } });
// @ts-expect-error -- no JSON
event('c', { payload, metadata: { free: 1n } });
