import { canonicalJson } from '../../core/index.ts';
import type { AttemptIds } from '../errors.ts';
import { WorldError } from './errors.ts';
import type { FakeExchange, Fakes } from './world.ts';

/** A request that a task made. */
export interface FakeAsked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

type Answering = (request: Request, ids: AttemptIds) => Promise<Response>;

/** Answers with what is written down: of those that fit each once, in order, and the last one all the others. */
export function answering(
  exchanges: readonly FakeExchange[],
  asked: FakeAsked[],
  addressOf: (request: Request) => string,
): Answering {
  const used = new Set<FakeExchange>();
  return async (request, ids) => {
    const [url, body] = [addressOf(request), await request.text()];
    asked.push({ method: request.method, url, body });
    const fitting = exchanges.filter((one) => fits(one, request.method, url, body));
    const found = fitting.find((one) => !used.has(one)) ?? fitting.at(-1);
    if (found === undefined) return unanswered(request, ids, { url, body, known: exchanges });
    used.add(found);
    return responseOf(found, request.url);
  };
}

/** Nothing is written down for this. */
export function unanswered(
  request: Request,
  ids: AttemptIds,
  { url = request.url, body = '', known = [] as readonly FakeExchange[] } = {},
): Promise<Response> {
  const are = known.map(({ method = 'GET', url: to }) => `${method} ${to}`).join(', ');
  const sent = body === '' ? '' : ` with the body ${body.length > 200 ? `${body.slice(0, 200)}…` : body}`;
  return Promise.reject(
    new WorldError(
      'MR3152',
      `asked ${request.method} ${url}${sent}, which no exchange of the fakes answers. There ${are === '' ? 'is none' : `are: ${are}`}.`,
      ids,
    ),
  );
}

/** Is there anything in a world of data that answers a request? */
export function isAnswered({ method, url, body }: FakeAsked, { fetch = [], resources = {} }: Fakes): boolean {
  const all = [...fetch, ...Object.values(resources).flatMap((one) => one.fetch ?? [])];
  return all.some((one) => fits(one, method, url, body));
}

function fits(exchange: FakeExchange, method: string, url: string, body: string): boolean {
  if ((exchange.method ?? 'GET').toUpperCase() !== method) return false;
  if (!likeText(exchange.url, url) && !likeText(exchange.url, url.replace(/^\//, ''))) return false;
  if (exchange.body === undefined) return true;
  try {
    if (canonicalJson(JSON.parse(body)) === canonicalJson(exchange.body)) return true;
  } catch {
    // It is no JSON: then it is a text.
  }
  return exchange.body === body;
}

/** `*` stands for any text. */
export function likeText(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function responseOf({ status = 200, headers, json, text }: FakeExchange, url: string): Response {
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  const bodiless = status === 204 || status === 205 || status === 304;
  const response = new Response(bodiless ? null : body, { status, headers: new Headers(headers) });
  if (json !== undefined && !response.headers.has('content-type'))
    response.headers.set('content-type', 'application/json');
  return Object.defineProperty(response, 'url', { value: url });
}
