/** Turns the JSON Schema of the settings into rows. */

import { type SettingKey, Settings } from '../../../contract/host/settings.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';

/** Kind of control. */
export type SettingKind = 'boolean' | 'choice' | 'number' | 'text' | 'list' | 'json';

export interface SettingField {
  key: string;
  section: string;
  title: string;
  description: string;
  kind: SettingKind;
  choices: string[];
  min: number | undefined;
  max: number | undefined;
  nullable: boolean;
  initial: Json;
  restart: boolean;
  desktop: boolean;
  /** Set by a flag or the environment, so it cannot change in this run. */
  overridden: boolean;
}

const record = (value: unknown): Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};

/** Separates the type from `null`; JSON Schema combines them by `anyOf` or by a list of types. */
function core(schema: Record<string, Json>): { type: Record<string, Json>; nullable: boolean } {
  if (Array.isArray(schema.type)) {
    const [type = null, ...more] = schema.type.filter((name) => name !== 'null');
    return { type: more.length > 0 ? {} : { ...schema, type }, nullable: schema.type.includes('null') };
  }
  if (!Array.isArray(schema.anyOf)) return { type: schema, nullable: false };
  const options = schema.anyOf.map(record);
  return {
    type: options.find((option) => option.type !== 'null') ?? {},
    nullable: options.some((option) => option.type === 'null'),
  };
}

function kindOf(type: Record<string, Json>): SettingKind {
  if (Array.isArray(type.enum)) return 'choice';
  if (type.type === 'boolean') return 'boolean';
  if (type.type === 'integer' || type.type === 'number') return 'number';
  if (type.type === 'string') return 'text';
  return type.type === 'array' && record(type.items).type === 'string' ? 'list' : 'json';
}

export function settingFields(schema: JsonObject): SettingField[] {
  const overridden = Array.isArray(schema['x-overridden']) ? schema['x-overridden'] : [];
  return Object.entries(record(schema.properties)).map(([key, raw]) => {
    const property = record(raw);
    const { type, nullable } = core(property);
    const bound = (name: string) => (typeof type[name] === 'number' ? type[name] : undefined);
    return {
      key,
      section: String(property['x-section'] ?? 'Advanced'),
      title: String(property.title ?? key),
      description: String(property.description ?? ''),
      kind: kindOf(type),
      choices: Array.isArray(type.enum) ? type.enum.map(String) : [],
      min: bound('minimum'),
      max: bound('maximum'),
      nullable,
      initial: property.default ?? null,
      restart: property['x-restart'] === true,
      desktop: property['x-desktop'] === true,
      overridden: overridden.includes(key),
    };
  });
}

const isSetting = (key: string): key is SettingKey => Object.hasOwn(Settings.shape, key);

/** Validates a value before it is sent. @returns the message, or `null` when it is valid or the key is unknown here */
export function problemWith(key: string, value: unknown): string | null {
  if (!isSetting(key)) return null;
  const parsed = Settings.shape[key].safeParse(value);
  const [issue] = parsed.error?.issues ?? [];
  return issue === undefined ? null : issueText(issue);
}
