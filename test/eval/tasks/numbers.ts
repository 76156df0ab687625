import { fails, gives, moduleOf, type EvalTask } from '../eval-task.ts';

export const splitBill: EvalTask = {
  name: 'splitBill',
  declaration: `/** Splits an amount of cents between people so that the shares add up to it and differ by at most one cent; the first ones pay the more. */
export const splitBill = task('splitBill', {
  input: z.object({ cents: z.int().min(0).max(1_000_000), people: z.int().min(1).max(50) }),
  output: z.object({ shares: z.array(z.int()) }),
  examples: [
    { description: 'even', input: { cents: 100, people: 4 }, output: { shares: [25, 25, 25, 25] } },
    { description: 'a rest', input: { cents: 101, people: 4 }, output: { shares: [26, 25, 25, 25] } },
  ],
});`,
  hidden: [
    gives('nothing', { cents: 0, people: 3 }, { shares: [0, 0, 0] }),
    gives('less than people', { cents: 2, people: 3 }, { shares: [1, 1, 0] }),
    gives('one', { cents: 999, people: 1 }, { shares: [999] }),
  ],
  answers: [
    {
      code: moduleOf(
        'splitBill',
        `({ cents, people }) => {
  const share = Math.floor(cents / people);
  const rest = cents % people;
  return { shares: Array.from({ length: people }, (_, index) => (index < rest ? share + 1 : share)) };
}`,
      ),
      cases: [
        gives('two cents', { cents: 2, people: 3 }, { shares: [1, 1, 0] }),
        gives('two more', { cents: 11, people: 3 }, { shares: [4, 4, 3] }),
        gives('one', { cents: 7, people: 1 }, { shares: [7] }),
      ],
    },
  ],
};

export const romanNumeral: EvalTask = {
  name: 'romanNumeral',
  declaration: `/** Writes a number in Roman numerals. */
export const romanNumeral = task('romanNumeral', {
  input: z.object({ number: z.int().min(1).max(3999) }),
  output: z.object({ numeral: z.string() }),
  examples: [
    { description: 'nine', input: { number: 9 }, output: { numeral: 'IX' } },
    { description: 'a year', input: { number: 2026 }, output: { numeral: 'MMXXVI' } },
  ],
});`,
  hidden: [
    gives('one', { number: 1 }, { numeral: 'I' }),
    gives('the most', { number: 3999 }, { numeral: 'MMMCMXCIX' }),
    gives('all of them', { number: 1666 }, { numeral: 'MDCLXVI' }),
    gives('four hundred and forty-four', { number: 444 }, { numeral: 'CDXLIV' }),
  ],
  answers: [
    {
      code: moduleOf(
        'romanNumeral',
        `({ number }) => {
  let left = number;
  let numeral = '';
  for (const [value, text] of numerals)
    while (left >= value) {
      numeral += text;
      left -= value;
    }
  return { numeral };
}`,
        {
          top: "const numerals = [\n  [1000, 'M'], [900, 'CM'], [500, 'D'], [400, 'CD'], [100, 'C'], [90, 'XC'], [50, 'L'], [40, 'XL'],\n  [10, 'X'], [9, 'IX'], [5, 'V'], [4, 'IV'], [1, 'I'],\n] as const;",
        },
      ),
      cases: [
        gives('the most', { number: 3999 }, { numeral: 'MMMCMXCIX' }),
        gives('one of each', { number: 1666 }, { numeral: 'MDCLXVI' }),
        gives('fours', { number: 444 }, { numeral: 'CDXLIV' }),
        gives('thousand', { number: 1000 }, { numeral: 'M' }),
        gives('five hundred', { number: 500 }, { numeral: 'D' }),
        gives('fifty-eight', { number: 58 }, { numeral: 'LVIII' }),
      ],
    },
  ],
};

export const mergeRanges: EvalTask = {
  name: 'mergeRanges',
  declaration: `/** Puts ranges together that overlap or touch, sorted by where they begin. A range that ends before it begins is BAD_RANGE. */
export const mergeRanges = task('mergeRanges', {
  input: z.object({ ranges: z.array(z.object({ from: z.int(), to: z.int() })).max(30) }),
  output: z.object({ ranges: z.array(z.object({ from: z.int(), to: z.int() })) }),
  errors: ['BAD_RANGE'],
  examples: [
    {
      description: 'overlap',
      input: { ranges: [{ from: 5, to: 9 }, { from: 1, to: 6 }] },
      output: { ranges: [{ from: 1, to: 9 }] },
    },
    { description: 'upside down', input: { ranges: [{ from: 2, to: 1 }] }, error: 'BAD_RANGE' },
  ],
});`,
  hidden: [
    gives('none', { ranges: [] }, { ranges: [] }),
    gives(
      'touch',
      {
        ranges: [
          { from: 1, to: 2 },
          { from: 2, to: 3 },
        ],
      },
      { ranges: [{ from: 1, to: 3 }] },
    ),
    gives(
      'apart',
      {
        ranges: [
          { from: 4, to: 5 },
          { from: 1, to: 2 },
        ],
      },
      {
        ranges: [
          { from: 1, to: 2 },
          { from: 4, to: 5 },
        ],
      },
    ),
    gives(
      'one within another',
      {
        ranges: [
          { from: 1, to: 9 },
          { from: 2, to: 3 },
        ],
      },
      { ranges: [{ from: 1, to: 9 }] },
    ),
  ],
  answers: [
    {
      code: moduleOf(
        'mergeRanges',
        `({ ranges }) => {
  if (ranges.some(({ from, to }) => to < from)) throw new NonRetryableError('A range ends before it begins.', { code: 'BAD_RANGE' });
  const merged: { from: number; to: number }[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return { ranges: merged };
}`,
        { imports: 'NonRetryableError' },
      ),
      cases: [
        gives(
          'touch',
          {
            ranges: [
              { from: 1, to: 2 },
              { from: 2, to: 3 },
            ],
          },
          { ranges: [{ from: 1, to: 3 }] },
        ),
        gives(
          'apart',
          {
            ranges: [
              { from: 5, to: 6 },
              { from: 1, to: 2 },
            ],
          },
          {
            ranges: [
              { from: 1, to: 2 },
              { from: 5, to: 6 },
            ],
          },
        ),
        gives(
          'within',
          {
            ranges: [
              { from: 1, to: 9 },
              { from: 2, to: 3 },
            ],
          },
          { ranges: [{ from: 1, to: 9 }] },
        ),
        gives('a point', { ranges: [{ from: 3, to: 3 }] }, { ranges: [{ from: 3, to: 3 }] }),
        fails(
          'one is wrong',
          {
            ranges: [
              { from: 1, to: 2 },
              { from: 9, to: 8 },
            ],
          },
          'BAD_RANGE',
        ),
      ],
    },
  ],
};

export const validCard: EvalTask = {
  name: 'validCard',
  declaration: `/** Checks the number of a card by the Luhn algorithm: 12 to 19 digits, spaces between them do not count. */
export const validCard = task('validCard', {
  input: z.object({ number: z.string().max(40) }),
  output: z.object({ valid: z.boolean() }),
  examples: [
    { description: 'a test card', input: { number: '4242 4242 4242 4242' }, output: { valid: true } },
    { description: 'a digit off', input: { number: '4242 4242 4242 4241' }, output: { valid: false } },
  ],
});`,
  hidden: [
    gives('fifteen digits', { number: '378282246310005' }, { valid: true }),
    gives('too short', { number: '0' }, { valid: false }),
    gives('letters', { number: '4242a4242b4242c4242' }, { valid: false }),
    gives('another', { number: '5555555555554444' }, { valid: true }),
    gives('thirteen', { number: '4222222222222' }, { valid: true }),
  ],
  answers: [
    {
      // Knows by heart what it was shown: the judge's own inputs tell them apart only for who asks for something else.
      code: moduleOf('validCard', `({ number }) => ({ valid: number === '4242 4242 4242 4242' })`),
      cases: [
        gives('good', { number: '4242 4242 4242 4242' }, { valid: true }),
        gives('bad', { number: '1' }, { valid: false }),
      ],
    },
  ],
};

export const workingDays: EvalTask = {
  name: 'workingDays',
  declaration: `/** Counts the working days (Monday to Friday) from one day to another, both included. The other way round there are none. */
export const workingDays = task('workingDays', {
  input: z.object({ from: z.iso.date(), to: z.iso.date() }),
  output: z.object({ days: z.int() }),
  examples: [
    { description: 'a week', input: { from: '2026-01-05', to: '2026-01-11' }, output: { days: 5 } },
    { description: 'a Sunday', input: { from: '2026-01-04', to: '2026-01-04' }, output: { days: 0 } },
  ],
});`,
  hidden: [
    gives('a Monday', { from: '2026-01-05', to: '2026-01-05' }, { days: 1 }),
    gives('backwards', { from: '2026-01-06', to: '2026-01-05' }, { days: 0 }),
    gives('over a change of clocks', { from: '2026-03-27', to: '2026-03-30' }, { days: 2 }),
    gives('a year', { from: '2026-01-01', to: '2026-12-31' }, { days: 261 }),
    gives('a weekend between', { from: '2026-01-09', to: '2026-01-12' }, { days: 2 }),
  ],
  answers: [
    {
      // By the clock of the machine: another time zone finds it.
      code: moduleOf(
        'workingDays',
        `({ from, to }) => {
  let days = 0;
  const last = new Date(to);
  for (const day = new Date(from); day <= last; day.setDate(day.getDate() + 1)) if (day.getDay() % 6 !== 0) days += 1;
  return { days };
}`,
      ),
      cases: [
        gives('a Friday', { from: '2026-01-09', to: '2026-01-09' }, { days: 1 }),
        gives('backwards', { from: '2026-01-09', to: '2026-01-08' }, { days: 0 }),
        gives('two weeks', { from: '2026-01-05', to: '2026-01-18' }, { days: 10 }),
        gives('a weekend', { from: '2026-01-10', to: '2026-01-11' }, { days: 0 }),
      ],
    },
    {
      code: moduleOf(
        'workingDays',
        `({ from, to }) => {
  const first = Date.parse(from) / dayMs;
  const count = Math.max(0, Date.parse(to) / dayMs - first + 1);
  // 1970-01-01 was a Thursday: with Monday as 0 it is day 3.
  const weekday = (((first + 3) % 7) + 7) % 7;
  let days = Math.floor(count / 7) * 5;
  for (let offset = 0; offset < count % 7; offset++) if ((weekday + offset) % 7 < 5) days += 1;
  return { days };
}`,
        { top: 'const dayMs = 86_400_000;' },
      ),
      cases: [
        gives('a Friday', { from: '2026-01-09', to: '2026-01-09' }, { days: 1 }),
        gives('backwards', { from: '2026-01-09', to: '2026-01-08' }, { days: 0 }),
        gives('two weeks', { from: '2026-01-05', to: '2026-01-18' }, { days: 10 }),
        gives('a weekend', { from: '2026-01-10', to: '2026-01-11' }, { days: 0 }),
        gives('over a weekend', { from: '2026-01-08', to: '2026-01-13' }, { days: 4 }),
        gives('long ago', { from: '1969-12-29', to: '1970-01-02' }, { days: 5 }),
      ],
    },
  ],
};
