/** Parameters of a session as texts of a form, and back. */
import { z } from 'zod';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Session } from '../../../../contract/models/sessions.ts';

/** What goes with each request of a session. */
export type ChatSettings = Pick<Session, 'model' | 'params' | 'system_prompt' | 'tools' | 'response_schema'>;

/** Texts of the form. */
export type ChatFields = Record<keyof typeof NO_FIELDS, string>;

export const NO_FIELDS = {
  model: '',
  compare: '',
  /** `drop`: the oldest messages are left out when all of them do not fit. */
  overflow: '',
  temperature: '',
  top_p: '',
  max_tokens: '',
  seed: '',
  stop: '',
  system_prompt: '',
  schema: '',
  tools: '',
};

const text = z.string();
/** What each value of the form can be. */
export const FIELD_SHAPE = {
  ...{
    model: text,
    compare: text,
    overflow: text,
    temperature: text,
    top_p: text,
    max_tokens: text,
    seed: text,
    stop: text,
  },
  ...{ system_prompt: text, schema: text, tools: text },
};

/** Numbers of the form: the member of the parameters, its bounds and its words. */
export const NUMBERS = [
  {
    name: 'temperature',
    param: 'temperature',
    label: 'Temperature',
    min: 0,
    max: 2,
    int: false,
    placeholder: 'From the model',
  },
  { name: 'top_p', param: 'top_p', label: 'Top P', min: 0, max: 1, int: false, placeholder: 'From the model' },
  {
    name: 'max_tokens',
    param: 'max_new_tokens',
    label: 'Max tokens',
    min: 1,
    max: 100_000,
    int: true,
    placeholder: 'From the model',
  },
  { name: 'seed', param: 'seed', label: 'Seed', min: 0, max: 4_294_967_295, int: true, placeholder: 'Random' },
] as const;

const shown = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export function toFields(session: ChatSettings): ChatFields {
  const { params } = session;
  return {
    ...NO_FIELDS,
    model: session.model ?? '',
    temperature: shown(params.temperature),
    top_p: shown(params.top_p),
    max_tokens: shown(params.max_new_tokens),
    seed: shown(params.seed),
    stop: (params.stop_sequences ?? []).join('\n'),
    system_prompt: session.system_prompt,
    schema: session.response_schema === null ? '' : pretty(session.response_schema),
    tools: session.tools.length === 0 ? '' : pretty(session.tools),
  };
}

type Errors = Partial<Record<keyof ChatFields, string>>;

function numberIn(value: string, { label, min, max, int }: (typeof NUMBERS)[number]): number | string | null {
  if (value.trim() === '') return null;
  const number = Number(value);
  if (!Number.isFinite(number) || number < min || number > max) return `${label} is a number from ${min} to ${max}`;
  return int && !Number.isInteger(number) ? `${label} is a whole number` : number;
}

function jsonIn(value: string): unknown {
  if (value.trim() === '') return null;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const isTools = (value: unknown): value is JsonObject[] =>
  Array.isArray(value) && value.every((tool) => isJsonObject(tool) && isJsonObject(tool.function));

/** What the form says, and what is wrong in it; a field that is wrong counts as empty. */
export function readFields(fields: ChatFields): {
  settings: ChatSettings;
  patch: Record<string, unknown>;
  errors: Errors;
} {
  const errors: Errors = {};
  const params: Record<string, unknown> = {};
  for (const field of NUMBERS) {
    const value = numberIn(fields[field.name], field);
    if (typeof value === 'string') errors[field.name] = value;
    else params[field.param] = value;
  }
  const stop = fields.stop.split('\n').filter((line) => line !== '');
  if (stop.length > 4) errors.stop = 'At most four stop sequences';
  else params.stop_sequences = stop.length === 0 ? null : stop;
  const schema = jsonIn(fields.schema);
  if (schema !== null && !isJsonObject(schema)) errors.schema = 'The schema is an object in JSON';
  const tools = jsonIn(fields.tools);
  if (tools !== null && !isTools(tools)) errors.tools = 'Tools are a list in JSON, each with a function';
  const set = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
  const settings = {
    model: fields.model === '' ? null : fields.model,
    params: set,
    system_prompt: fields.system_prompt,
    tools: isTools(tools) ? tools : [],
    response_schema: isJsonObject(schema) ? schema : null,
  };
  return { settings, patch: { ...settings, params }, errors };
}
