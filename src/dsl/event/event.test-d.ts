import { event, failed, flow, task, type Call, type PayloadOf } from 'millrace';
import type { ErrorRecord } from 'millrace/core';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const Id = z.string().brand<'OrderId'>();
const placed = event('placed', { payload: z.object({ id: Id, express: z.boolean().default(false) }), ttl: '30d' });
const ping = event('ping', { payload: z.void() });

is<Equal<(typeof placed)['name'], 'placed'>>();
// Read after parsing, written before.
is<Equal<PayloadOf<typeof placed>, { id: string & z.core.$brand<'OrderId'>; express: boolean }>>();
is<Equal<ReturnType<typeof placed>, Call<void, 'event'>>>();
placed({ id: 'o1' });
ping();

const charge = task('charge', { input: z.object({ id: z.string(), cents: z.int() }), output: z.void() });
const count = task('count', { input: z.string(), output: z.number() });
const pay = flow('pay', { input: z.object({ id: z.string() }) }, (f) => f);
const chargeFailed = failed(charge);
const countFailed = failed(count);
const payFailed = failed(pay);

is<Equal<(typeof chargeFailed)['name'], 'failed.charge'>>();
is<Equal<PayloadOf<typeof chargeFailed>['cents'], number>>();
is<Equal<PayloadOf<typeof chargeFailed>['error'], ErrorRecord>>();
is<Equal<PayloadOf<typeof countFailed>['input'], string>>();
is<Equal<PayloadOf<typeof payFailed>['runId'], string>>();
is<Equal<PayloadOf<typeof payFailed>['step'], string | undefined>>();
