import { existsSync } from 'node:fs';
import {
  ErrorCodes,
  MarkupKind,
  ResponseError,
  type CompletionItem,
  type Hover,
  type Location,
  type Position,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { MillraceError } from '../core/errors.ts';
import type { SystemModel } from '../model/index.ts';
import type { FoundSystem } from '../project/systems/read.ts';
import { taskFile } from '../project/systems/task-file.ts';
import { contextAt } from '../source/places/context.ts';
import type { Entity } from '../source/places/entity.ts';
import type { FileRange, Names } from '../source/places/open.ts';
import { completions } from './completion.ts';
import { contractAt } from './contracts.ts';
import { hoverText } from './hover.ts';
import { stepOf } from './nodes.ts';
import { textWith, uriOf, type Overlay } from './overlay.ts';
import { draw, type Pictures } from './pictures.ts';
import type { LspProject } from './project.ts';
import { renameEverywhere, type EditSupport } from './rename/rename.ts';

/** What is named at a place of a file, and the system that it is of. */
interface Found {
  readonly entity: Entity;
  /** Of the name in the file. */
  readonly range: Range;
  readonly system: FoundSystem;
  readonly names: Names;
}

/** What an editor asks about a place in a file of a project. */
export class Features {
  readonly #overlay: Overlay;
  readonly #pictures: Pictures;

  constructor(overlay: Overlay, pictures: Pictures) {
    this.#overlay = overlay;
    this.#pictures = pictures;
  }

  async hover(project: LspProject, file: string, position: Position): Promise<Hover | null> {
    const found = await this.#find(project, file, position);
    if (found === undefined) return null;
    const { entity, range, names, system } = found;
    const drawn = drawnFor(entity);
    const picture = drawn && (await this.#pictures.fileOf(names.system, drawn.kind, drawn.name));
    const declared = names.declaration(entity);
    const implementation = implementationOf(found);
    const statement = ['event', 'task', 'agent', 'resource'].includes(entity.kind)
      ? names.statement(entity)
      : undefined;
    const code = statement && this.#text(statement.file).slice(statement.start, statement.end);
    const links = {
      ...(declared !== undefined && {
        declaration: `${uriOf(declared.file)}#L${this.#range(declared).start.line + 1}`,
      }),
      ...(picture !== undefined && { picture: uriOf(picture) }),
      ...(implementation !== undefined && { implementation: uriOf(implementation) }),
    };
    return { contents: { kind: MarkupKind.Markdown, value: hoverText(entity, system.model, links, code) }, range };
  }

  /** Where something is declared: from a task's code, in the source of its system. */
  async definition(project: LspProject, file: string, position: Position): Promise<Location | null> {
    const found = await this.#find(project, file, position);
    const declared = found?.names.declaration(found.entity);
    return declared === undefined ? null : this.#location(declared);
  }

  /** The code of a task, or of the task that a step calls. */
  async implementation(project: LspProject, file: string, position: Position): Promise<Location | null> {
    const found = await this.#find(project, file, position);
    const path = found && implementationOf(found);
    if (path === undefined) return null;
    const text = this.#text(path);
    const start = Math.max(0, text.search(/export default/));
    return this.#location({ file: path, start, end: start });
  }

  async references(project: LspProject, file: string, position: Position): Promise<readonly Location[]> {
    const found = await this.#find(project, file, position);
    if (found === undefined) return [];
    const path = implementationOf(found);
    const places = found.names.places(found.entity).map((place) => this.#location(place));
    return [...places, ...(path === undefined ? [] : [this.#location({ file: path, start: 0, end: 0 })])];
  }

  completion(project: LspProject, file: string, position: Position): readonly CompletionItem[] {
    const system = project.systemOf(file);
    if (system === undefined || !system.files.includes(file)) return [];
    const document = this.#document(file);
    const context = contextAt(document.getText(), document.offsetAt(position));
    if (context === undefined) return [];
    const whole = project.wholeOf(system);
    // Where a quote is open, what stands behind it is read as text.
    const models = whole === undefined || whole === system ? [system.model] : [system.model, whole.model];
    return completions(context, models, document);
  }

  /** What would be renamed at a place: the range and what stands there. */
  async renamed(
    project: LspProject,
    file: string,
    position: Position,
  ): Promise<{ readonly range: Range; readonly placeholder: string } | null> {
    const found = await this.#find(project, file, position);
    return found === undefined ? null : { range: found.range, placeholder: found.entity.name };
  }

  async rename(
    project: LspProject,
    file: string,
    position: Position,
    to: string,
    can: EditSupport,
  ): Promise<WorkspaceEdit | null> {
    const found = await this.#find(project, file, position);
    if (found === undefined) return null;
    try {
      return await renameEverywhere(found.entity, to, found.system, project.root, this.#overlay, can);
    } catch (thrown) {
      if (!(thrown instanceof MillraceError)) throw thrown;
      throw new ResponseError(ErrorCodes.InvalidRequest, `${thrown.code}: ${thrown.message}`);
    }
  }

  /** The picture of the machine or flow around a place, as SVG. */
  async picture(project: LspProject, file: string, position: Position): Promise<string | null> {
    const found = await this.#find(project, file, position);
    if (found === undefined) return null;
    const drawn = drawnFor(found.entity);
    return (drawn && (await draw(found.names.system, drawn.kind, drawn.name))) ?? null;
  }

  async #find(project: LspProject, file: string, position: Position): Promise<Found | undefined> {
    const system = project.systemOf(file);
    const names = system && (await project.names(system.entry));
    if (system === undefined || names === undefined) return undefined;
    const document = this.#document(file);
    const offset = document.offsetAt(position);
    if (system.files.includes(file)) {
      const found = names.at(file, offset);
      return found && { entity: found.entity, range: this.#range(found.range), system, names };
    }
    const found = contractAt(names.system, document.getText(), offset);
    return found && { entity: found.entity, range: this.#range({ file, ...found }), system, names };
  }

  #text(file: string): string {
    return textWith(this.#overlay, file);
  }

  #document(file: string): TextDocument {
    return TextDocument.create(uriOf(file), 'typescript', 0, this.#text(file));
  }

  #range({ file, start, end }: FileRange): Range {
    const document = this.#document(file);
    return { start: document.positionAt(start), end: document.positionAt(end) };
  }

  #location(place: FileRange): Location {
    return { uri: uriOf(place.file), range: this.#range(place) };
  }
}

/** The machine or flow whose picture shows something. */
function drawnFor({
  kind,
  name,
  owner = name,
}: Entity): { readonly kind: 'machine' | 'flow'; readonly name: string } | undefined {
  if (kind === 'machine' || kind === 'state') return { kind: 'machine', name: owner };
  return kind === 'flow' || kind === 'step' ? { kind: 'flow', name: owner } : undefined;
}

/** The file with the code of a task, or of the task that a step calls, when it is there. */
function implementationOf({ entity, system, names }: Found): string | undefined {
  const task =
    entity.kind === 'task' ? entity.name : entity.kind === 'step' ? calledBy(entity, names.system) : undefined;
  const file = task === undefined ? undefined : taskFile(system.entry, task);
  return file !== undefined && existsSync(file) ? file : undefined;
}

function calledBy(step: Entity, system: SystemModel): string | undefined {
  const node = stepOf(system, step);
  return node?.kind === 'step' && node.call.target.kind === 'task' ? node.call.target.name : undefined;
}
