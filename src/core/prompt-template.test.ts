import { describe, expect, it } from 'vitest';
import { parsePrompt } from './prompt-template.ts';

describe('a template of a prompt', () => {
  it.each([
    ['Hello', ['Hello']],
    ['', []],
    ['{{ a }}', [{ path: ['a'] }]],
    ['To {{a.b.0.c-d}}: {{ x }}.', ['To ', { path: ['a', 'b', '0', 'c-d'] }, ': ', { path: ['x'] }, '.']],
    ['{{ input }}{{ input.a }}', [{ path: [] }, { path: ['a'] }]],
    ['{ a } }} {', ['{ a } }} {']],
  ])('%j', (template, parts) => {
    expect(parsePrompt(template)).toEqual({ parts, problems: [] });
  });

  it.each([
    ['a {{ b', 2, 'it has no end'],
    ['{{}}', 0, 'it is empty'],
    ['x{{ a b }}', 1, "'a b' is no path into the input"],
    ['{{ a. }}', 0, "'a.' is no path into the input"],
    ['{{ f(a) }}', 0, "'f(a)' is no path into the input"],
  ])('%j is wrong at %i: %s', (template, at, why) => {
    expect(parsePrompt(template).problems).toMatchObject([{ at, why }]);
  });
});
