import type { Check } from '../check.ts';

const names = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY'];

/** Which providers have a key? Names only: a value is never printed. */
export const keys: Check = (io) => {
  const present = names.filter((name) => (io.env[name] ?? '') !== '');
  const message =
    present.length === 0 ? 'no provider key is set; nothing here needs one yet' : `set: ${present.join(', ')}`;
  return { name: 'keys', status: 'info', message };
};
