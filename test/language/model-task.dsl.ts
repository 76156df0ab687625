import { agent, flow, system, task } from 'millrace';
import { z } from 'zod';

const greeting = 'Dear';
const Letter = z.object({
  text: z.string(),
  'sent-by': z.object({ name: z.string() }).optional(),
  lines: z.array(z.object({ cents: z.int() })).default([]),
});

/** Letters that models sort. */
export default system('letters', {
  version: '1.0.0',
  budget: { run: '0.50 USD', day: '20 USD', tasks: { sortLetter: '5 USD' }, models: { 'gpt-5': '1.5 USD' } },
});

/** Looks a person up in the address book. */
export const lookUp = task('lookUp', { input: z.object({ name: z.string() }), output: z.object({ city: z.string() }) });
/** Asks the people at the desk. */
export const askDesk = task('ask-desk', { input: z.string(), output: z.string() });

/** Sorts and answers. */
export const clerk = agent('clerk', {
  role: 'fast',
  system: 'You sort `letters`, ${briefly}.',
  tools: [askDesk],
  maxTokens: 300,
  temperature: 0,
  options: { topP: 0.5 },
});

export const sortLetter = task('sortLetter', {
  input: Letter,
  output: z.object({ department: z.enum(['sales', 'support']) }),
  model: {
    agent: clerk,
    prompt: 'Which `department`? ${x} {{ text }} from {{sent-by.name}}, {{ input.lines.0.cents }} of {{ lines }}\\',
    tools: [lookUp],
    context: {
      show: ['text', { member: 'lines', as: 'summary' }],
      memory: true,
      strategy: { keepLast: 6 },
      maxTurns: 5,
    },
  },
});

export const answer = task('answer', {
  input: Letter,
  output: z.string(),
  timeout: '1m',
  model: { agent: clerk, prompt: ({ input }) => `${greeting} ${input['sent-by']?.name ?? 'friend'}`, maxTokens: 50 },
});

export const handle = flow('handle', { input: Letter }, (f) =>
  f.step('sorted', ({ input }) => sortLetter(input)).step('answered', ({ input }) => answer(input)),
);
