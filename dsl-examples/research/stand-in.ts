/** A server on this machine that answers instead of Anthropic, for who has no key: `node …/stand-in.ts [port]`. */
import { startWireServer } from 'millrace/testing';
import { answerTo } from './stand-in/answers.ts';

const port = Number(process.argv[2] ?? 4820);
const server = await startWireServer({ port, answer: answerTo, pieceMs: 50 });
console.log(`Answering instead of a model. In another terminal:\n`);
console.log(`  export ANTHROPIC_API_KEY=nobody ANTHROPIC_BASE_URL=${server.baseURL('messages')}\n`);
console.log('Ctrl-C ends it.');
process.once('SIGINT', () => void server.close());
