/** Query and path values are text; a plan made once per operation turns each into what its schema asks for. */
import { z } from 'zod';
import { parseBounded } from '../../../../contract/kernel/bounds.ts';
import type { Operation } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { unwrap } from '../../dispatch/validation.ts';

/** Turns the text of one member into its value; text that does not fit stays as it is, for the schema to refuse. */
type Coerce = (value: string | string[]) => unknown;

/** Coercions by member name; members that are text anyway are absent. */
export type CoercionPlan = ReadonlyMap<string, Coerce>;

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Makes the plan of an operation. */
export function planCoercion(operation: Operation): CoercionPlan {
  const plan = new Map<string, Coerce>();
  const input = unwrap(operation.input);
  if (!(input instanceof z.ZodObject)) return plan;
  for (const [name, schema] of Object.entries(input.shape)) {
    const coerce = coercionOf(schema as z.ZodType);
    if (coerce) plan.set(name, coerce);
  }
  return plan;
}

/** Applies a plan to raw members. @throws AppError for JSON beyond the bounds */
export function coerceMembers(plan: CoercionPlan, members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    const coerce = plan.get(name);
    // Defined, not assigned: a member called `__proto__` is a member like any other.
    Object.defineProperty(result, name, {
      value: coerce ? coerce(value as string | string[]) : value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

function coercionOf(schema: z.ZodType): Coerce | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return listCoercion(coercionOf(inner.element as z.ZodType));
  if (inner instanceof z.ZodUnion) return unionCoercion(inner.options as readonly z.ZodType[]);
  const one = scalarCoercion(inner);
  return one && ((value) => (Array.isArray(value) ? value.map(one) : one(value)));
}

function scalarCoercion(inner: z.ZodType): ((value: string) => unknown) | undefined {
  if (inner instanceof z.ZodNumber) return (text) => (NUMBER.test(text.trim()) ? Number(text) : text);
  if (inner instanceof z.ZodBoolean) return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord || inner === JsonObject) return jsonOrText;
  return undefined;
}

function listCoercion(item: Coerce | undefined): Coerce {
  return (value) => {
    const values = Array.isArray(value) ? value : [value];
    return item ? values.map((one) => item(one)) : values;
  };
}

/** `oneOrMany`: a single value stays single, repeated ones form a list. */
function unionCoercion(options: readonly z.ZodType[]): Coerce | undefined {
  const scalars = options.map(unwrap).filter((option) => !(option instanceof z.ZodArray));
  const coercions = scalars.map(scalarCoercion).filter((coercion) => coercion !== undefined);
  const [first] = coercions;
  if (!first) return undefined;
  return (value) => (Array.isArray(value) ? value.map(first) : first(value));
}

function jsonOrText(text: string): unknown {
  try {
    return parseBounded(text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    return text;
  }
}
