/** `npm run crash [-- --kills N] [--seed S]`: kills a real process again and again, and says what was lost. */
import { parseArgs } from 'node:util';
import { playLives } from './lives.ts';

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? 1);
const kills = Number(values.kills ?? 50);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('Give whole numbers: --kills 500 --seed 1');
  process.exit(2);
}
let life = 0;
const { lost, repeated, violations, ...counts } = await playLives(kills, seed, (report) => {
  life++;
  console.error(
    `database ${life}, seed ${report.seed}: ${report.kills} kills, ${report.effects} effects, ${report.again} of them again`,
  );
});
for (const [what, list] of Object.entries({ lost, repeated, violations }))
  for (const each of list.slice(0, 20)) console.error(`${what}: ${each}`);
console.error(
  `${counts.kills} kills, ${counts.ended} ends before one; ${counts.effects} effects, ${counts.again} made again after a kill`,
);
console.log(
  JSON.stringify({ kills: counts.kills, lost: lost.length, repeated: repeated.length, violations: violations.length }),
);
if (lost.length + repeated.length + violations.length > 0) process.exitCode = 1;
