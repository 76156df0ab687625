/**
 * What stands in for a model where there is no key: it plans by taking a question's words, looks them up with the tools
 * that it is given, and quotes what it reads. It understands nothing; it shows how a conversation goes.
 */
import type { WireCall, WireToolCall } from 'millrace/testing';

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly content?: unknown;
}
interface Turn {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/** Answers a request as Anthropic's Messages put it. */
export function answerTo({ body }: Pick<WireCall, 'body'>): string | WireToolCall {
  const turns = body['messages'] as readonly Turn[];
  const blocks = turns.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );
  const prompt = blocks.find(({ type }) => type === 'text')?.text ?? '';
  const wanted = JSON.stringify(body['output_config'] ?? body['system'] ?? '');
  if (wanted.includes('"questions"')) return planned(prompt);
  if (wanted.includes('"finding"')) return foundOut(prompt, blocks);
  return written(prompt);
}

const words = (text: string): readonly string[] => [...new Set(text.toLowerCase().match(/\p{L}{4,}/gu) ?? [])];
const common = new Set([
  'what',
  'when',
  'which',
  'does',
  'have',
  'with',
  'that',
  'this',
  'from',
  'there',
  'about',
  'into',
  'made',
]);
const telling = (text: string): readonly string[] => words(text).filter((word) => !common.has(word));

function planned(prompt: string): string {
  const question = prompt.slice(prompt.lastIndexOf('\n') + 1);
  const subjects = telling(question).slice(0, 3);
  return JSON.stringify({ questions: subjects.map((subject) => `What is said of the ${subject}?`) });
}

function foundOut(prompt: string, blocks: readonly Block[]): string | WireToolCall {
  const about = /^Look this up: (.*)$/m.exec(prompt)?.[1] ?? prompt;
  const results = blocks.filter(({ type }) => type === 'tool_result').map(({ content }) => textOf(content));
  const [found, page] = results;
  if (found === undefined) return { tool: 'searchLibrary', input: { words: telling(about).join(' ') || about } };
  const name = /"page":"([\w-]+\.md)"/.exec(found)?.[1];
  if (page === undefined && name !== undefined) return { tool: 'readPage', input: { page: name } };
  const lines = page === undefined ? [] : pageIn(page).split(/(?<=\.)\s+/);
  const fitting = lines.filter((line) => telling(about).some((word) => line.toLowerCase().includes(word)));
  return JSON.stringify({
    question: about,
    finding: (fitting.length > 0 ? fitting : lines).slice(0, 2).join(' ') || 'The library says nothing of it.',
    sources: name === undefined ? [] : [name],
  });
}

interface Note {
  readonly question: string;
  readonly finding: string;
  readonly sources: readonly string[];
}

function written(prompt: string): string {
  const notes = JSON.parse(/<data id="notes">\n(.*)\n<\/data>/.exec(prompt)?.[1] ?? '[]') as readonly Note[];
  const question = /from nothing else: (.*)$/s.exec(prompt)?.[1] ?? 'a question';
  const parts = notes.map(
    (note) => `## ${note.question}\n\n${note.finding}\n\n*${note.sources.join(', ') || 'no source'}*`,
  );
  return JSON.stringify({ title: question.replace(/[?.]$/, ''), text: parts.join('\n\n') });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as readonly Block[]).map(({ text = '' }) => text).join('');
}

/** The text of a page, without its title, in the answer of `readPage`. */
function pageIn(result: string): string {
  try {
    const { text } = JSON.parse(result) as { readonly text: string };
    return text.replace(/^#.*\n+/, '').replaceAll(/\s*\n\s*/g, ' ');
  } catch {
    return '';
  }
}
