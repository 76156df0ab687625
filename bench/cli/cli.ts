/** The cold start of the command line against that of bare Node. */
import { dsl, interleaved } from '../process.ts';
import { compared, type Row } from '../table.ts';

export function run(): readonly Row[] {
  const [bare = Number.NaN, version = Number.NaN, help = Number.NaN] = interleaved(
    [
      { name: 'node -e 0', args: ['-e', '0'] },
      { name: 'dsl --version', args: [dsl, '--version'] },
      { name: 'dsl --help', args: [dsl, '--help'] },
    ],
    21,
  );
  const base = { name: 'node -e 0', value: bare };
  return [
    { ...base, unit: 'ms' },
    compared('dsl --version', version, 'ms', base, '<= 1.5'),
    compared('dsl --help', help, 'ms', base),
  ];
}
