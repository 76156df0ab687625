import { canonicalJson } from '../../core/index.ts';
import { buildContext, type ContextReport, type ContextSection } from '../context/build.ts';
import type { ContextItem } from '../context/item.ts';
import { RunMemory } from '../context/memory.ts';
import { outputItems } from '../context/route.ts';
import type { Message } from '../contract.ts';
import type { Conversation, ConversationData, ConverseOptions } from './conversation.ts';
import type { Conversing } from './asking.ts';
import type { Room } from './room.ts';

/** How a conversation begins. JSON. */
export interface Opening {
  readonly system?: string;
  readonly messages: readonly Message[];
  readonly report: ContextReport;
}

/** Puts instructions, data, what is remembered and the prompt together, in as much room as there is. */
export async function openingOf(
  by: Conversing,
  conversation: Conversation,
  options: ConverseOptions,
  room: Room,
): Promise<Opening> {
  const { prompt, system, data = [], items = [] } = conversation;
  // The question itself stands beside the data; a little more for the marks of messages.
  const limitTokens = Math.max(0, room.limit - room.fixed - room.estimate(prompt) - 8);
  const remembered = await memoryItems(by, conversation, options, limitTokens, room);
  const context = buildContext([...data.map(dataItem), ...items, ...remembered], {
    limitTokens,
    estimate: room.estimate,
    weights,
  });
  // Data stay with the question, also those that have to be there: what stands in them is nobody's instruction.
  const isInstruction = ({ pinned, kind }: ContextSection): boolean => pinned && kind !== 'data';
  const texts = (some: readonly ContextSection[]): readonly string[] => some.map(({ text }) => text);
  const instructions = [system ?? '', ...texts(context.sections.filter(isInstruction))].filter((text) => text !== '');
  const question = [...texts(context.sections.filter((section) => !isInstruction(section))), prompt];
  return {
    ...(instructions.length === 0 ? {} : { system: instructions.join('\n\n') }),
    messages: [{ role: 'user', text: question.join('\n\n') }],
    report: context.report,
  };
}

// What was done before helps; what is asked about is needed.
const weights = { memory: 0.5 };

function dataItem({ id, value, as = 'full', pinned }: ConversationData): ContextItem {
  const [item] = outputItems([{ id, policy: as, distance: 0 }], { [id]: value });
  return { ...item!, kind: 'data', ...(pinned === undefined ? {} : { pinned }) };
}

async function memoryItems(
  by: Conversing,
  { memory }: Conversation,
  { task, run }: ConverseOptions,
  limitTokens: number,
  { estimate }: Room,
): Promise<readonly ContextItem[]> {
  if (memory === undefined || task === undefined || run === undefined || by.notes === undefined) return [];
  return new RunMemory({ run, store: by.notes }).items(task, memory.spec, { limitTokens, estimate });
}

/** Notes what came of a conversation. The same twice in a row is one note: the second may be that of a crash. */
export async function remember(
  by: Conversing,
  { memory }: Conversation,
  { task, run }: ConverseOptions,
  value: unknown,
): Promise<void> {
  if (memory === undefined || task === undefined || run === undefined || by.notes === undefined) return;
  const notes = new RunMemory({ run, store: by.notes });
  const last = (await notes.get(task, memory.spec)).at(-1);
  if (last === undefined || canonicalJson(last) !== canonicalJson(value)) await notes.put(task, memory.spec, value);
}
