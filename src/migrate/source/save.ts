import type { Diagnostic, Edit, SystemModel } from '../../model/index.ts';
import type { WorkingCopy } from './working-copy.ts';

/** Makes the files say a model. Loads the parser. */
export async function saveModel(copy: WorkingCopy, model: SystemModel): Promise<readonly Diagnostic[]> {
  const { textsOf } = await import('../../source/save/save.ts');
  const { texts, diagnostics } = textsOf(model, copy.entry, copy.cwd, copy.readFile);
  copy.change(texts);
  return diagnostics;
}

/** Makes the files say what they say after edits. Loads the parser. */
export async function editFiles(copy: WorkingCopy, edits: readonly Edit[]): Promise<readonly Diagnostic[]> {
  const { editTexts } = await import('../../source/edit/edit-texts.ts');
  const { texts, diagnostics } = editTexts(edits, copy.entry, copy.cwd, copy.readFile);
  copy.change(texts);
  return diagnostics;
}
