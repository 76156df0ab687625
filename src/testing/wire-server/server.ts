import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { framesOf, type Frame, type Said } from './frames.ts';
import { sampleOf } from './sample.ts';
import { rejections, wireScenarios, type Rejection, type WireProtocol, type WireScenario } from './scenarios.ts';

/** A request that reached the server. */
export interface WireCall {
  /** 1 for the first. */
  readonly n: number;
  readonly protocol: WireProtocol;
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly scenario: WireScenario;
  /** Whether an answer was begun: a real provider would want to be paid. */
  readonly paid: boolean;
  /** Whether whoever asked closed the connection before the answer was over. */
  readonly left: boolean;
}

/** A tool that it wants to have called, instead of a text. */
export interface WireToolCall {
  readonly tool: string;
  readonly input: unknown;
}

/** Options of the server. */
export interface WireServerOptions {
  /** What it does, unless the address names a scenario: one thing, or what a function says of each request. */
  readonly scenario?: WireScenario | ((call: Omit<WireCall, 'scenario' | 'paid' | 'left'>) => WireScenario);
  /** What it says. Left out: `hello`, or a value that fits the schema that is asked for. */
  readonly answer?: string | ((call: Omit<WireCall, 'paid' | 'left'>) => string | WireToolCall);
  /** The only key that it lets in. Left out: any. */
  readonly key?: string;
  /** How long it waits between the pieces of an answer, in ms. */
  readonly pieceMs?: number;
  /** Where it listens. Left out: any port that is free. */
  readonly port?: number;
}

/** A server that speaks as the providers do, on this machine only. */
export interface WireServer extends AsyncDisposable {
  /** The `baseURL` for a protocol, and for one scenario if it is named. */
  baseURL(protocol: WireProtocol, scenario?: WireScenario): string;
  /** What reached it, in order. */
  readonly calls: readonly WireCall[];
  /** How many requests would have to be paid. */
  paid(): number;
  close(): Promise<void>;
}

const paths: Readonly<Record<string, WireProtocol>> = {
  '/v1/messages': 'messages',
  '/v1/responses': 'responses',
  '/v1/chat/completions': 'chat',
};

/**
 * Starts a server that speaks Anthropic's Messages, OpenAI's Responses and chat completions, streamed, and misbehaves
 * on demand: for tests of what asks models, without keys or costs. It listens on the loopback address only.
 *
 * @example
 * ```ts
 * import { anthropicProvider, collect } from 'millrace/llm';
 * import { startWireServer } from 'millrace/testing';
 *
 * await using server = await startWireServer({ answer: 'Paris.' });
 * const provider = anthropicProvider({ apiKey: 'any', baseURL: server.baseURL('messages') });
 * const events = provider.ask({ model: 'm', maxOutputTokens: 20, messages: [{ role: 'user', text: 'The capital of France?' }] });
 * (await collect(events)).text; // 'Paris.'
 * server.paid(); // 1
 * ```
 */
export async function startWireServer(options: WireServerOptions = {}): Promise<WireServer> {
  const calls: (WireCall & { paid: boolean; left: boolean })[] = [];

  let closing = false;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { scenario: named, path } = addressed(request.url ?? '/');
    const body = await bodyOf(request);
    const protocol = paths[path];
    if (protocol === undefined) return aside(path, body, response, options.key, request);
    const about = { n: calls.length + 1, protocol, model: String(body['model']), body };
    const own = typeof options.scenario === 'function' ? options.scenario(about) : (options.scenario ?? 'ok');
    const scenario = named ?? own;
    const call = { ...about, scenario, paid: false, left: false };
    calls.push(call);
    // Also when this side breaks off: then it was not the other.
    const breaksOff = scenario === 'cut' || scenario === 'dropped';
    response.once('close', () => (call.left = !response.writableEnded && !breaksOff && !closing));
    if (!letIn(request, options.key)) return refuse(response, protocol, rejections.auth?.[protocol]);
    const rejection = rejections[scenario]?.[protocol];
    if (rejection !== undefined) return refuse(response, protocol, rejection);
    if (body['stream'] !== true)
      return refuse(response, protocol, { status: 400, type: 'invalid_request_error', message: 'Only streamed here.' });
    if (scenario === 'slowHeaders') return;
    if (scenario === 'dropped') return void request.socket.destroy();
    if (scenario === 'badGateway') {
      response.writeHead(502, { 'content-type': 'text/html' });
      return void response.end('<html><body>Bad gateway</body></html>');
    }
    call.paid = true;
    await play(call, saidTo(call, options), response, options.pieceMs ?? 0);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    closing = true;
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return {
    calls,
    paid: () => calls.filter((call) => call.paid).length,
    baseURL: (protocol, scenario) =>
      `http://127.0.0.1:${port}${scenario === undefined ? '' : `/${scenario}`}${protocol === 'messages' ? '' : '/v1'}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function addressed(url: string): { readonly scenario?: WireScenario; readonly path: string } {
  const [path = '/'] = url.split('?');
  const scenario = wireScenarios.find((name) => path.startsWith(`/${name}/`));
  return scenario === undefined ? { path } : { scenario, path: path.slice(scenario.length + 1) };
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

const letIn = (request: IncomingMessage, key: string | undefined): boolean =>
  key === undefined || request.headers['x-api-key'] === key || request.headers.authorization === `Bearer ${key}`;

function json(response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, protocol: WireProtocol, rejection: Rejection | undefined): void {
  const { status, type, code = null, message, headers } = rejection ?? { status: 500, type: 'api_error', message: '' };
  const error = protocol === 'messages' ? { type, message } : { message, type, code, param: null };
  json(response, status, protocol === 'messages' ? { type: 'error', error } : { error }, headers);
}

// What costs nothing: lists of models, and counting.
function aside(
  path: string,
  body: unknown,
  response: ServerResponse,
  key: string | undefined,
  request: IncomingMessage,
): void {
  if (!letIn(request, key)) return refuse(response, 'messages', rejections.auth?.messages);
  if (path === '/v1/models')
    return json(response, 200, {
      object: 'list',
      has_more: false,
      data: [{ id: 'm', type: 'model', object: 'model' }],
    });
  if (path === '/v1/messages/count_tokens' || path === '/v1/responses/input_tokens')
    return json(response, 200, { input_tokens: tokensOf(body) });
  json(response, 404, { error: { message: `There is no ${path} here.`, type: 'not_found_error' } });
}

const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);

function saidTo(call: WireCall, options: WireServerOptions): Said {
  const { body, model, scenario } = call;
  const given = typeof options.answer === 'function' ? options.answer(call) : options.answer;
  const wanted = typeof given === 'object' ? { id: `call_${call.n}`, name: given.tool, input: given.input } : undefined;
  const tool = scenario === 'toolCall' ? toolOf(body) : scenario === 'ok' ? wanted : undefined;
  const text = textOf(scenario, typeof given === 'object' ? undefined : given, body);
  return {
    model,
    text: tool === undefined ? text : '',
    ...(tool === undefined ? {} : { tool }),
    input: tokensOf(body),
    output: tokensOf(tool?.input ?? text),
    stop: scenario === 'refusal' || scenario === 'length' ? scenario : 'stop',
  };
}

function textOf(scenario: WireScenario, given: string | undefined, body: Readonly<Record<string, unknown>>): string {
  if (scenario === 'notJson') return 'Certainly! Here it is: {city: Paris';
  if (scenario === 'wrongSchema') return '{"unexpected":true}';
  const schema = schemaOf(body);
  const text = given ?? (schema === undefined ? 'hello' : JSON.stringify(sampleOf(schema)));
  return scenario === 'length' ? text.slice(0, Math.ceil(text.length / 2)) : text;
}

type Part = Readonly<Record<string, unknown>> | undefined;

function schemaOf(body: Readonly<Record<string, unknown>>): unknown {
  const anthropic = (body['output_config'] as Part)?.['format'] as Part;
  const responses = (body['text'] as Part)?.['format'] as Part;
  const chat = (body['response_format'] as Part)?.['json_schema'] as Part;
  return (anthropic ?? responses ?? chat)?.['schema'];
}

// A tool is asked for once: when its result is there, there is an answer.
function toolOf(body: Readonly<Record<string, unknown>>): Said['tool'] {
  const [first] = (body['tools'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  const answered = /"tool_result"|"function_call_output"|"role":"tool"/.test(
    JSON.stringify(body['messages'] ?? body['input']),
  );
  if (first === undefined || answered) return undefined;
  const inner = (first['function'] ?? first) as Readonly<Record<string, unknown>>;
  return {
    id: 'call_1',
    name: String(inner['name']),
    input: sampleOf(inner['input_schema'] ?? inner['parameters']),
  };
}

async function play(call: WireCall, said: Said, response: ServerResponse, pieceMs: number): Promise<void> {
  const { frames, middle, end, failure } = framesOf[call.protocol](said);
  const send = async (some: readonly Frame[]): Promise<void> => {
    for (const frame of some) {
      if (pieceMs > 0) await wait(pieceMs);
      const event = frame.event === undefined ? '' : `event: ${frame.event}\n`;
      const data = typeof frame.data === 'string' ? frame.data : JSON.stringify(frame.data);
      response.write(`${event}data: ${data}\n\n`);
    }
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  const begun = frames.slice(0, middle);
  switch (call.scenario) {
    case 'cut':
      await send(begun);
      await wait(20);
      return void response.destroy();
    case 'stalled':
      return await send(begun);
    case 'noEnd':
      await send(frames.slice(0, end));
      return void response.end();
    case 'malformed':
      await send([...begun, { event: begun.at(-1)?.event ?? 'message', data: '{"type":"content_bl' }]);
      return void response.end();
    case 'errorMidStream':
      await send([...begun, failure]);
      return void response.end();
    default:
      await send(frames);
      return void response.end();
  }
}
