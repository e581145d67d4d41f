/** Component schemas of the OpenAPI document, generated from the zod schemas of the contract. */
import { z } from 'zod';
import * as artifacts from '../../../../contract/automation/artifacts.ts';
import * as commands from '../../../../contract/automation/commands.ts';
import * as profiles from '../../../../contract/automation/profiles.ts';
import * as queue from '../../../../contract/automation/queue.ts';
import * as tasks from '../../../../contract/automation/tasks.ts';
import * as access from '../../../../contract/host/access.ts';
import * as jobs from '../../../../contract/host/jobs.ts';
import * as system from '../../../../contract/host/system.ts';
import * as telemetry from '../../../../contract/host/telemetry.ts';
import { Problem } from '../../../../contract/kernel/errors.ts';
import * as frames from '../../../../contract/kernel/frames.ts';
import { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 uses. */
export type JsonSchema = { [key: string]: unknown };

type Direction = 'input' | 'output';

/** Schemas that the contract exports, by name. What is not named here is written out where it is used. */
function namedSchemas(): [string, z.ZodType][] {
  const modules: Record<string, unknown>[] = [
    system,
    profiles,
    commands,
    tasks,
    artifacts,
    queue,
    access,
    jobs,
    telemetry,
    { PrincipalInfo: frames.PrincipalInfo },
  ];
  const named = modules
    .flatMap((module) => Object.entries(module))
    .filter((entry): entry is [string, z.ZodType] => {
      const [name, value] = entry;
      return /^[A-Z]/.test(name) && value instanceof z.ZodObject;
    });
  return [...named, ['Problem', Problem]];
}

/** Turns schemas into JSON Schema with references to components. */
export interface SchemaWriter {
  /** A schema as it is read from clients (`input`) or sent to them (`output`). */
  write(schema: z.ZodType, direction: Direction): JsonSchema;
  /** Like {@link write}, but with the members in place even where the schema has a name. */
  expand(schema: z.ZodType, direction: Direction): JsonSchema;
  /** The components that were referred to. */
  components(): Record<string, JsonSchema>;
}

/** Creates a writer with its own components. */
export function createSchemaWriter(): SchemaWriter {
  const named = namedSchemas();
  const names = new Map(named.map(([name, schema]) => [schema, name]));
  const written: Record<Direction, Record<string, JsonSchema>> = {
    input: componentsOf(named, 'input'),
    output: componentsOf(named, 'output'),
  };
  const used = new Map<string, JsonSchema>();

  // An entity whose two directions are equal has one component; otherwise what clients send is called `<Name>Input`.
  const nameIn = (name: string, direction: Direction): string =>
    direction === 'output' || JSON.stringify(written.input[name]) === JSON.stringify(written.output[name])
      ? name
      : `${name}Input`;

  function use(schema: JsonSchema, direction: Direction): JsonSchema {
    return mapReferences(schema, (name) => {
      const component = nameIn(name, direction);
      if (!used.has(component)) {
        used.set(component, {});
        used.set(component, use(written[direction][name] ?? {}, direction));
      }
      return `#/components/schemas/${component}`;
    });
  }

  const expand: SchemaWriter['expand'] = (schema, direction) => {
    const name = names.get(schema);
    if (name !== undefined) return use(written[direction][name] ?? {}, direction);
    const registry = z.registry<{ id: string }>();
    for (const [known, component] of named) registry.add(component, { id: known });
    registry.add(schema, { id: ROOT });
    return use(convert(registry, direction)[ROOT] ?? {}, direction);
  };

  return {
    expand,
    write(schema, direction) {
      const name = names.get(schema);
      return name === undefined ? expand(schema, direction) : use({ $ref: REFERENCE + name }, direction);
    },
    components: () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const REFERENCE = 'component:';
const ROOT = 'root';
const JSON_VALUE: JsonSchema = { title: 'JsonValue', description: 'Any JSON value.' };

function convert(registry: z.core.$ZodRegistry<{ id: string }>, io: Direction): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    uri: (id) => REFERENCE + id,
    override({ zodSchema, jsonSchema }) {
      const schema: unknown = zodSchema;
      if (schema === Json) Object.assign(jsonSchema, JSON_VALUE);
      if (schema === JsonObject) jsonSchema.additionalProperties = { ...JSON_VALUE };
    },
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, clean(schema as JsonSchema)]));
}

function componentsOf(named: [string, z.ZodType][], direction: Direction): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  return convert(registry, direction);
}

/** `$schema` and `$id` say what the document says already; bounds of safe integers are no rule of the schema. */
function clean(schema: JsonSchema): JsonSchema {
  return mapObjects(schema, (object) => {
    const { $schema: _schema, $id: _id, ...rest } = object;
    const keys = (rest.propertyNames as JsonSchema | undefined)?.enum;
    if (Array.isArray(keys) && rest.properties === undefined) {
      // A record over a closed set of keys is an object with exactly these members.
      const { propertyNames: _names, additionalProperties: member, ...record } = rest;
      return { ...record, properties: Object.fromEntries(keys.map((key) => [key, member])) };
    }
    if (rest.maximum === Number.MAX_SAFE_INTEGER) delete rest.maximum;
    if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum;
    return rest;
  });
}

function mapReferences(schema: JsonSchema, rename: (name: string) => string): JsonSchema {
  return mapObjects(schema, (object) => {
    const { $ref } = object;
    return typeof $ref === 'string' && $ref.startsWith(REFERENCE)
      ? { ...object, $ref: rename($ref.slice(REFERENCE.length)) }
      : object;
  });
}

function mapObjects(value: JsonSchema, change: (object: JsonSchema) => JsonSchema): JsonSchema {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(change(node as JsonSchema)).map(([key, child]) => [key, visit(child)]);
    return Object.fromEntries(entries);
  };
  return visit(value) as JsonSchema;
}
