/** What the panel knows about one kind of command. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { HeldTexts } from '../../../ui/schema-form/use-json-text.ts';

/** Props of what edits a spec. */
export interface SpecFormProps {
  spec: JsonObject;
  onChange(spec: JsonObject): void;
  /** Messages by path. */
  errors: Record<string, string>;
  /** Texts that do not parse, by `spec.<member>`. */
  held: HeldTexts;
  /** Line of the script to show, from 1. */
  line?: number | undefined;
}

/** A starting point for a new command. */
export interface KindTemplate {
  /** Unique among all kinds. */
  id: string;
  title: string;
  /** What it is for. */
  text: string;
  name: string;
  /** Spec without its `kind`. */
  spec: JsonObject;
  input_schema: JsonObject;
  defaults: JsonObject;
}

/** One record of the registry in `index.ts`. */
export interface KindView {
  readonly Icon: LucideIcon;
  /** Label of the spec's tab. */
  readonly tab: string;
  /** Titles of the members of the spec, as its form has them. */
  readonly titles: Readonly<Record<string, string>>;
  /** Fills the tab of the spec. */
  readonly Form: ComponentType<SpecFormProps>;
  /** A section of the run settings, or null when the kind has none. */
  readonly Options: ComponentType<SpecFormProps> | null;
  /** The resolved spec after a dry run, or null for its JSON. */
  readonly Resolved: ComponentType<{ resolved: JsonObject }> | null;
  readonly templates: readonly KindTemplate[];
}
