import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { implement } from 'millrace/tasks';
import { upload } from '../../../generated/releases/contracts.ts';

export default implement(upload, ({ mirrors, mirror, parcel }) => {
  const file = join(mirrors, mirror, basename(parcel.file));
  copyFileSync(parcel.file, file);
  return { mirror, file };
});
