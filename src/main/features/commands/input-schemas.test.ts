import { describe, expect, test } from 'vitest';
import { commandsOn, httpCommand } from '../../../../tests/support/commands.ts';
import { openTestCore } from '../../../../tests/support/core.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';

describe('input schemas', () => {
  const schemaOf = (type: string): JsonObject => ({
    $id: 'https://example.test/input',
    type: 'object',
    properties: { n: { type } },
  });

  // Would catch: an edit of a schema with an $id that is refused until the host is restarted, since the old one has that name.
  test('with one $id and another content stand beside each other', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const { id } = await service.create(httpCommand({ input_schema: schemaOf('number') }), 'anna');
    await service.update(id, { input_schema: schemaOf('string') }, 'anna', {});
    expect((await service.dryRun({ id, input: { n: 'text', user: 'u', password: 'p' } })).errors).toEqual([]);
    expect((await service.dryRun({ id, input: { n: 7 } })).errors).toContainEqual({
      path: 'input.n',
      message: 'must be string',
    });
    const other = await service.create(httpCommand({ input_schema: schemaOf('number') }), 'anna');
    expect((await service.dryRun({ id: other.id, input: { n: 'text' } })).errors).toContainEqual({
      path: 'input.n',
      message: 'must be number',
    });
  });

  // Would catch: a mistake in a schema that keeps its $id taken after it was corrected.
  test('that were refused leave nothing behind', async () => {
    using core = openTestCore();
    const service = commandsOn(core);
    const fixed = { ...schemaOf('number'), $id: 'https://example.test/broken' };
    const broken = { ...fixed, allOf: [{ $ref: '#/nowhere' }] };
    await expect(service.create(httpCommand({ input_schema: broken }), 'anna')).rejects.toMatchObject({
      errors: { input_schema: expect.stringContaining('nowhere') },
    });
    expect((await service.create(httpCommand({ input_schema: fixed }), 'anna')).version).toBe(1);
  });

  test('that refer to themselves are followed', async () => {
    using core = openTestCore();
    const schema: JsonObject = {
      $id: 'https://example.test/tree',
      type: 'object',
      properties: { name: { type: 'string' }, child: { $ref: '#' } },
    };
    const run = (input: JsonObject) =>
      commandsOn(core).dryRun({ kind: 'http', spec: { url: 'http://127.0.0.1/' }, input_schema: schema, input });
    expect((await run({ child: { child: { name: 'leaf' } } })).valid).toBe(true);
    expect((await run({ child: { child: { name: 7 } } })).errors).toEqual([
      { path: 'input.child.child.name', message: 'must be string' },
    ]);
  });

  test.each<[JsonObject, JsonObject, { path: string; message: string }[]]>([
    [
      { required: ['a', 'b'] },
      {},
      [
        { path: 'input.a', message: 'a is required' },
        { path: 'input.b', message: 'b is required' },
      ],
    ],
    [{ additionalProperties: false }, { extra: 1 }, [{ path: 'input.extra', message: 'unknown field' }]],
    [{ properties: { a: { enum: [1, 'x'] } } }, { a: 2 }, [{ path: 'input.a', message: 'must be one of 1, x' }]],
    [
      { properties: { 'a/b~c': { type: 'string' } } },
      { 'a/b~c': 1 },
      [{ path: 'input.a/b~c', message: 'must be string' }],
    ],
    [
      { properties: { list: { items: { type: 'integer' } } } },
      { list: [1, 1.5] },
      [{ path: 'input.list.1', message: 'must be integer' }],
    ],
    [{ minProperties: 1 }, {}, [{ path: 'input', message: 'must NOT have fewer than 1 properties' }]],
  ])('%j finds in %j what is wrong, each at its path', async (input_schema, input, errors) => {
    using core = openTestCore();
    const spec = { url: 'http://127.0.0.1/' };
    const found = await commandsOn(core).dryRun({ kind: 'http', spec, input_schema, input });
    expect(found).toMatchObject({ valid: false, errors });
  });
});
