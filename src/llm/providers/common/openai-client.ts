import type { OpenAI } from 'openai';
import type { Watch } from '../../stream/watch.ts';
import type { Place } from './settings.ts';

/** Loads the SDK: with the first request. */
export const openaiSdk = () => import('openai');

/** A client of one request: the SDK is left with nothing to decide. */
export async function openaiClient(place: Place, watch: Watch): Promise<OpenAI> {
  const { OpenAI: Client } = await openaiSdk();
  return new Client({
    // Servers of one's own need none, but the SDK does.
    apiKey: place.apiKey === '' ? 'none' : place.apiKey,
    baseURL: place.baseURL,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: 2_147_483_647,
    fetch: watch.fetch(place.fetch),
    logLevel: 'off',
  });
}
