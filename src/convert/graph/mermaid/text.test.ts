import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileNames } from '../fixtures/random-graphs.ts';
import { mermaidText } from './text.ts';

test.each([
  ['orderPlaced', 'orderPlaced'],
  ['order_placed', 'order_placed'],
  ['_private_', '#95;private#95;'],
  ['a.b-c/d (e)', 'a.b-c/d (e)'],
  ['größe 日本語', 'größe 日本語'],
  [
    'say "hi": <b> & `x`; #1 [a|b] {c}',
    'say #34;hi#34;#58; #60;b#62; #38; #96;x#96;#59; #35;1 #91;a#124;b#93; #123;c#125;',
  ],
  // What Markdown would make a list of.
  ['1. first', '1#46; first'],
  ['- first', '#45; first'],
  // What the lexer would take for a statement.
  ['go direction TB', 'go direction#32;TB'],
  ['several\n lines\u0000', 'several lines'],
  [' ', '#160;'],
  ['🎉', '#127881;'],
])('%j becomes %j', (text, escaped) => expect(mermaidText(text)).toBe(escaped));

test('nothing is left that the grammar gives a meaning', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileNames)), (text) => {
      const escaped = mermaidText(text);
      expect(escaped).not.toBe('');
      const rest = escaped.replaceAll(/#\d+;/g, '');
      expect(rest).not.toMatch(/["#;:<>[\]{}`|%&~*$\\\n\r]|direction (?:TB|BT|LR|RL)/i);
      // What is written can be read back.
      const back = escaped.replaceAll(/#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)));
      const line = text
        .replaceAll('ﬂ', 'fl')
        .replaceAll(/[\p{C}\s]+/gu, ' ')
        .trim();
      expect(back).toBe(line === '' ? '\u00a0' : line);
    }),
  );
});
