import { expect, it } from 'vitest';
import { shortened } from './tools.ts';

it('what is shortened ends with a whole character, whatever there is room for', () => {
  const text = '😀'.repeat(50);
  for (let tokens = 1; tokens < 50; tokens++)
    expect(shortened(text, tokens, (one) => one.length).isWellFormed(), String(tokens)).toBe(true);
});
