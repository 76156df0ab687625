import { fails, gives, moduleOf, type EvalTask } from '../eval-task.ts';

export const slugify: EvalTask = {
  name: 'slugify',
  declaration: `/** Makes a title part of an address: lower case, letters a-z and digits only, everything else between them one '-', none at the ends. */
export const slugify = task('slugify', {
  input: z.object({ title: z.string().max(200) }),
  output: z.object({ slug: z.string() }),
  examples: [
    { description: 'words', input: { title: 'Hello, World!' }, output: { slug: 'hello-world' } },
    { description: 'nothing to keep', input: { title: '?!' }, output: { slug: '' } },
  ],
});`,
  hidden: [
    gives('empty', { title: '' }, { slug: '' }),
    gives('digits', { title: '  2 mills & 1 race  ' }, { slug: '2-mills-1-race' }),
    gives('other letters', { title: 'Caf\u00e9 con leche' }, { slug: 'caf-con-leche' }),
    gives('many in between', { title: 'a -- _ -- b' }, { slug: 'a-b' }),
  ],
  answers: [
    {
      code: moduleOf(
        'slugify',
        `({ title }) => ({
  slug: title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, ''),
})`,
      ),
      cases: [
        gives('upper case', { title: 'ABC' }, { slug: 'abc' }),
        gives('ends', { title: '-x-' }, { slug: 'x' }),
        gives('between', { title: 'a  b' }, { slug: 'a-b' }),
      ],
    },
  ],
};

export const parseDuration: EvalTask = {
  name: 'parseDuration',
  declaration: `/** Reads a span of time such as '1h30m', '45s' or '2d': days, hours, minutes, seconds, each at most once and in this order. Anything else is BAD_DURATION. */
export const parseDuration = task('parseDuration', {
  input: z.object({ text: z.string().max(40) }),
  output: z.object({ seconds: z.int() }),
  errors: ['BAD_DURATION'],
  examples: [
    { description: 'hours and minutes', input: { text: '1h30m' }, output: { seconds: 5400 } },
    { description: 'nothing', input: { text: '' }, error: 'BAD_DURATION' },
  ],
});`,
  hidden: [
    gives('all four', { text: '1d2h3m4s' }, { seconds: 93_784 }),
    gives('zero', { text: '0s' }, { seconds: 0 }),
    fails('wrong order', { text: '1m1h' }, 'BAD_DURATION'),
    fails('twice', { text: '1h1h' }, 'BAD_DURATION'),
    fails('spaces', { text: '1h 5m' }, 'BAD_DURATION'),
  ],
  answers: [
    {
      // Takes units in any order, and nothing at all for zero: the example fails.
      code: moduleOf(
        'parseDuration',
        `({ text }) => {
  const units = new Map([['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]]);
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\\d+)([dhms])/g)) seconds += Number(count) * (units.get(unit ?? '') ?? 0);
  return { seconds };
}`,
      ),
      cases: [gives('a minute', { text: '1m' }, { seconds: 60 })],
    },
    {
      code: moduleOf(
        'parseDuration',
        `({ text }) => {
  const found = /^(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?$/.exec(text);
  if (found === null || text === '') throw new NonRetryableError('That is no duration.', { code: 'BAD_DURATION' });
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = found;
  return { seconds: ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds) };
}`,
        { imports: 'NonRetryableError' },
      ),
      cases: [
        gives('days', { text: '2d' }, { seconds: 172_800 }),
        gives('all', { text: '1d1h1m1s' }, { seconds: 90_061 }),
        gives('seconds', { text: '45s' }, { seconds: 45 }),
        gives('no seconds', { text: '3h2m' }, { seconds: 10_920 }),
        fails('a word', { text: 'soon' }, 'BAD_DURATION'),
      ],
    },
  ],
};

export const topWords: EvalTask = {
  name: 'topWords',
  declaration: `/** Counts the words of a text (runs of letters a-z, case does not count) and gives the most frequent ones: by count, and by the alphabet where that is equal. */
export const topWords = task('topWords', {
  input: z.object({ text: z.string().max(500), most: z.int().min(1).max(10) }),
  output: z.object({ words: z.array(z.object({ word: z.string(), count: z.int() })) }),
  examples: [
    {
      description: 'two words',
      input: { text: 'b a B', most: 5 },
      output: { words: [{ word: 'b', count: 2 }, { word: 'a', count: 1 }] },
    },
    { description: 'none', input: { text: '...', most: 1 }, output: { words: [] } },
  ],
});`,
  hidden: [
    gives(
      'equal counts',
      { text: 'c b a', most: 2 },
      {
        words: [
          { word: 'a', count: 1 },
          { word: 'b', count: 1 },
        ],
      },
    ),
    gives(
      'names of members',
      { text: 'constructor toString constructor', most: 2 },
      {
        words: [
          { word: 'constructor', count: 2 },
          { word: 'tostring', count: 1 },
        ],
      },
    ),
    gives(
      'in between',
      { text: "don't", most: 3 },
      {
        words: [
          { word: 'don', count: 1 },
          { word: 't', count: 1 },
        ],
      },
    ),
  ],
  answers: [
    {
      // Right, with cases that notice next to nothing: more are asked for.
      code: moduleOf(
        'topWords',
        `({ text, most }) => {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({ word, count }));
  words.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
  return { words: words.slice(0, most) };
}`,
      ),
      cases: [gives('nothing', { text: '', most: 1 }, { words: [] })],
    },
    {
      cases: [
        gives('nothing', { text: '', most: 1 }, { words: [] }),
        gives('cut', { text: 'a a b', most: 1 }, { words: [{ word: 'a', count: 2 }] }),
        gives(
          'equal',
          { text: 'z y x', most: 9 },
          {
            words: [
              { word: 'x', count: 1 },
              { word: 'y', count: 1 },
              { word: 'z', count: 1 },
            ],
          },
        ),
        gives(
          'more often first',
          { text: 'a b b c c c', most: 9 },
          {
            words: [
              { word: 'c', count: 3 },
              { word: 'b', count: 2 },
              { word: 'a', count: 1 },
            ],
          },
        ),
      ],
    },
  ],
};

export const csvLine: EvalTask = {
  name: 'csvLine',
  declaration: `/** Takes a line of CSV apart: fields between commas; one in double quotes may hold commas, and quotes that are doubled. A quote that is never closed is OPEN_QUOTE. */
export const csvLine = task('csvLine', {
  input: z.object({ line: z.string().max(300) }),
  output: z.object({ fields: z.array(z.string()) }),
  errors: ['OPEN_QUOTE'],
  examples: [
    { description: 'plain', input: { line: 'a,b' }, output: { fields: ['a', 'b'] } },
    { description: 'quoted', input: { line: '"a,b",c' }, output: { fields: ['a,b', 'c'] } },
    { description: 'open', input: { line: '"a' }, error: 'OPEN_QUOTE' },
  ],
});`,
  hidden: [
    gives('one empty field', { line: '' }, { fields: [''] }),
    gives('empty ones', { line: ',,' }, { fields: ['', '', ''] }),
    gives('doubled quotes', { line: '"say ""hi""",x' }, { fields: ['say "hi"', 'x'] }),
    fails('open in the middle', { line: 'a,"b,c' }, 'OPEN_QUOTE'),
  ],
  answers: [
    {
      code: moduleOf(
        'csvLine',
        `({ line }) => {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') {
      if (quoted && line.charAt(at + 1) === '"') {
        field += '"';
        at += 1;
      } else quoted = !quoted;
    } else if (char === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += char;
  }
  if (quoted) throw new NonRetryableError('A quote is not closed.', { code: 'OPEN_QUOTE' });
  fields.push(field);
  return { fields };
}`,
        { imports: 'NonRetryableError' },
      ),
      cases: [
        gives('nothing', { line: '' }, { fields: [''] }),
        gives('an end', { line: 'a,' }, { fields: ['a', ''] }),
        gives('doubled', { line: '"a""b"' }, { fields: ['a"b'] }),
        gives('comma in quotes', { line: 'x,"1,2",y' }, { fields: ['x', '1,2', 'y'] }),
        fails('open', { line: 'a,"' }, 'OPEN_QUOTE'),
      ],
    },
  ],
};

export const checkPassword: EvalTask = {
  name: 'checkPassword',
  declaration: `/** Says what is wrong with a password, in this order: 'short' (fewer than 12 characters), 'digit' (it has none), 'upper' (no capital letter A-Z), 'common' (it holds the word 'password', in any case). */
export const checkPassword = task('checkPassword', {
  input: z.object({ password: z.string().max(100) }),
  output: z.object({ problems: z.array(z.enum(['short', 'digit', 'upper', 'common'])) }),
  examples: [
    { description: 'good', input: { password: 'Mill race 2026' }, output: { problems: [] } },
    { description: 'all', input: { password: 'password' }, output: { problems: ['short', 'digit', 'upper', 'common'] } },
  ],
});`,
  hidden: [
    gives('eleven', { password: 'Abcdefghij1' }, { problems: ['short'] }),
    gives('twelve', { password: 'Abcdefghijk1' }, { problems: [] }),
    gives('any case', { password: 'MyPaSsWoRd2026' }, { problems: ['common'] }),
    gives('no digit', { password: 'Abcdefghijkl' }, { problems: ['digit'] }),
  ],
  answers: [
    {
      // Reaches for what it may not, is told so, and is mended.
      code: moduleOf(
        'checkPassword',
        `({ password }) => {
  console.log(password);
  return { problems: password.length < 12 ? ['short'] : [] };
}`,
      ),
      cases: [gives('short', { password: 'A1' }, { problems: ['short'] })],
    },
    {
      code: moduleOf(
        'checkPassword',
        `({ password }) => {
  const problems: ('short' | 'digit' | 'upper' | 'common')[] = [];
  if (password.length < 12) problems.push('short');
  if (!/\\d/.test(password)) problems.push('digit');
  if (!/[A-Z]/.test(password)) problems.push('upper');
  if (password.toLowerCase().includes('password')) problems.push('common');
  return { problems };
}`,
      ),
      cases: [
        gives('eleven', { password: 'A2345678901' }, { problems: ['short'] }),
        gives('twelve', { password: 'A23456789012' }, { problems: [] }),
        gives('no digit', { password: 'Abcdefghijklm' }, { problems: ['digit'] }),
        gives('no capital', { password: 'abcdefghijk1' }, { problems: ['upper'] }),
        gives('common', { password: 'My Password 1' }, { problems: ['common'] }),
      ],
    },
  ],
};
