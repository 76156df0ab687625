import { z } from 'zod';

const path = z.string().min(1);
const text = z.string().min(1).describe('What a .dsl.ts has in that place, as TypeScript.');
const before = z
  .string()
  .optional()
  .describe('The last name or index of the item of the same list that it goes before.');

/**
 * One edit as a model proposes it: those of `dsl edit --ops`, with texts in the place of nodes. Texts are what models
 * write well, and what people read.
 */
const proposedEdit = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('add'),
    path,
    text,
    into: z.string().optional().describe('Of a state: the state that it goes into.'),
    before,
    file: z.string().optional().describe('Of a definition: the file that it goes to.'),
  }),
  z.strictObject({ op: z.literal('remove'), path }),
  z.strictObject({ op: z.literal('rename'), path, to: z.string().min(1) }),
  z.strictObject({
    op: z.literal('move'),
    path,
    into: z.string().optional().describe('A file, for a definition; a state, for a state.'),
    before,
  }),
  z.strictObject({ op: z.literal('set'), path, text }),
]);

/** What a model answers with. */
export const proposalSchema = z.strictObject({
  edits: z.array(proposedEdit).describe('In the order in which they are made. Empty when it cannot be done.'),
  notes: z.string().describe('One or two sentences: what changes and why, or why it cannot be done.'),
});
