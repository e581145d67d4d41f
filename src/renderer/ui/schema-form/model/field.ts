/** What a form knows of one value that a JSON Schema describes. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** How a field is drawn. `json` is everything that has no simple control. */
export type FieldKind =
  | 'text'
  | 'long'
  | 'secret'
  | 'file'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'choice'
  | 'date'
  | 'date-time'
  | 'time'
  | 'tags'
  | 'choices'
  | 'rows'
  | 'group'
  | 'json';

/** One value of a choice. */
export interface Choice {
  label: string;
  value: Json;
}

/** One field. */
export interface Field {
  /** Member of the object that it belongs to; empty for the items of a list. */
  name: string;
  kind: FieldKind;
  title: string;
  description: string | null;
  required: boolean;
  /** An empty field is `null` rather than absent. */
  nullable: boolean;
  initial: Json | undefined;
  /** Of a choice, or of several. */
  choices: readonly Choice[];
  /** Members of a group. */
  fields: readonly Field[];
  /** What each item of a list is. */
  item: Field | null;
  /** The schema without references and `null`, for its limits. */
  schema: JsonObject;
}

/** Path of a member or an item below `path`. */
export const below = (path: string, name: string | number): string => (path === '' ? `${name}` : `${path}.${name}`);
