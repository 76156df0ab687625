import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { pack } from '../../../generated/releases/contracts.ts';
import { textOf } from '../press/files.ts';

export default implement(pack, ({ folder, pages }) => {
  const text = pages.map((page) => `<!-- ${page} -->\n${textOf(folder, page)}`).join('\n');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const parcels = join(folder, '.parcels');
  mkdirSync(parcels, { recursive: true });
  const file = join(parcels, `${sha256.slice(0, 12)}.md`);
  writeFileSync(file, text);
  return { file, sha256, bytes: Buffer.byteLength(text) };
});
