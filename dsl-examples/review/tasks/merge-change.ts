import { implement, NonRetryableError } from 'millrace/tasks';
import { mergeChange } from '../../../generated/review/contracts.ts';
import { fileIn, readText, sha256, writeWhole } from '../desk/texts.ts';

/** All files are compared before the first is copied; one that is already as proposed was copied by an earlier attempt. */
export default implement(mergeChange, ({ base, proposal, changes }) => {
  const files = changes.map(({ path, baseHash }) => {
    const now = readText(base, path);
    const proposed = readText(proposal, path);
    if (proposed === undefined)
      throw new NonRetryableError(`${path} is no longer in the proposal`, { code: 'CONFLICT' });
    const untouched = now === undefined ? baseHash === '' : sha256(now) === baseHash;
    if (!untouched && now !== proposed)
      throw new NonRetryableError(`${path} has changed in the base since it was reviewed`, { code: 'CONFLICT' });
    return { path, text: proposed };
  });
  for (const { path, text } of files) writeWhole(fileIn(base, path), text);
  return { files: files.map(({ path }) => path) };
});
