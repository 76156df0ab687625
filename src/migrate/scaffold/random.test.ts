import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anySystem } from '../../model/fixtures/arbitrary.ts';
import { diffSystems, likelyRenames, vanishedBetween } from '../../model/index.ts';
import { stepShape } from '../plan/shape.ts';
import { project } from '../fixtures/project.ts';
import { draft } from './draft.ts';
import { countQuestions } from './members.ts';
import { scaffoldText } from './text.ts';

test('whatever two systems are: a module that is executed, and is a step', async () => {
  using it = project({});
  let number = 0;
  let questions = 0;
  await fc.assert(
    fc.asyncProperty(anySystem, anySystem, fc.boolean(), async (before, after, confirmed) => {
      const guesses = likelyRenames(before, after);
      const renames = confirmed ? guesses : new Map<string, string>();
      const dropped = new Set(vanishedBetween(before, after, renames).map(({ path }) => path));
      const answers = { renames, merged: new Map<string, string>(), dropped };
      const diff = diffSystems(before, after);
      const members = draft({ before, after, answers, diff, guesses });
      const text = scaffoldText({ system: before.name, from: '1.0.0', to: '2.0.0', renames, diff, members });
      const path = join(it.root, `step${number++}.mjs`);
      writeFileSync(path, text);
      const { default: step } = (await import(/* @vite-ignore */ path)) as { readonly default: unknown };
      expect(stepShape.safeParse(step).error?.issues ?? []).toEqual([]);
      const left = (JSON.stringify(step).match(/"kind":"placeholder"/g) ?? []).length;
      // Random machines have states of one name.
      expect(left).toBeLessThanOrEqual(countQuestions(members));
      for (const line of text.split('\n'))
        if (/^ *(?:\/\/| \*) \S+ \S/.test(line)) expect(line.length).toBeLessThanOrEqual(120);
      questions += countQuestions(members);
    }),
    { numRuns: 60 },
  );
  expect(questions).toBeGreaterThan(60);
});
