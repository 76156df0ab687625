import { readConfig } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import type { Check, Finding } from './check.ts';
import { generated } from './checks/generated.ts';
import { models } from './checks/models.ts';
import { node } from './checks/node.ts';
import { packages } from './checks/packages.ts';
import { restate } from './checks/restate.ts';
import { sqlite } from './checks/sqlite.ts';
import { typescript } from './checks/typescript.ts';
import { writable } from './checks/writable.ts';

const checks: readonly Check[] = [node, sqlite, writable, packages, typescript, generated, models, restate];

const mark = { ok: ['green', '✓'], info: ['blue', '·'], warning: ['yellow', '!'], problem: ['red', '✗'] } as const;

function show(io: Io, { name, status, message, hint }: Finding): void {
  const [style, sign] = mark[status];
  io.out(`${io.paint(style, sign)} ${name.padEnd(10)} ${message}`);
  if (hint !== undefined) io.out(`${' '.repeat(13)}${io.paint('dim', hint)}`);
}

/** Looks at the machine and the project. Exit code 1 when something will fail. */
export async function doctor(io: Io): Promise<number> {
  const config = await readConfig(io.cwd);
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const finding of [await check(io, config)].flat()) {
      findings.push(finding);
      if (!io.json) show(io, finding);
    }
  }
  const ok = findings.every((finding) => finding.status !== 'problem');
  if (io.json) io.document({ ok, checks: findings });
  return ok ? 0 : 1;
}
