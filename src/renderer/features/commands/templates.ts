/** Starting points for a new command: those of every kind. */
import { COMMAND_KINDS, type CommandKind } from '../../../contract/automation/kinds/index.ts';
import { kindViews } from './kinds/index.ts';
import type { KindTemplate } from './kinds/kind.ts';

/** One starting point; its spec names the kind too. */
export interface Template extends KindTemplate {
  kind: CommandKind;
}

/** All templates, in the order of the menu. */
export const TEMPLATES: readonly Template[] = COMMAND_KINDS.flatMap((kind) =>
  kindViews[kind].templates.map((template) => ({ ...template, kind, spec: { kind, ...template.spec } })),
);

function first(): Template {
  const template = TEMPLATES[0];
  if (template === undefined) throw new Error('no kind of command has a template');
  return template;
}

/** What a new command starts from when nothing is chosen. */
export const DEFAULT_TEMPLATE = first();

/** The template of an id. */
export const templateOf = (id: string): Template => TEMPLATES.find((item) => item.id === id) ?? DEFAULT_TEMPLATE;
