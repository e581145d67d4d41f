/** Tools together: what one schema may hold, all of a request may hold. */
import { expect, test } from 'vitest';
import { toolGrammars } from './tools.ts';

const tools = (count: number, patterns: number) =>
  Array.from({ length: count }, (_, n) => ({
    type: 'function' as const,
    function: {
      name: `t${n}`,
      parameters: {
        type: 'object',
        properties: Object.fromEntries(
          Array.from({ length: patterns }, (_, at) => [`p${at}`, { type: 'string', pattern: `^[a-f]{${at + 1}}$` }]),
        ),
      },
    },
  }));

// Would catch: schemas that are measured one by one, so that a request holds as many large ones as it has tools.
test('the tools of a request are measured together, before a rule is made of any', () => {
  expect(toolGrammars(tools(16, 8), 'auto', true)?.call).toContain('t15');
  const many = tools(128, 140);
  // What is no pattern is told only when it is looked at.
  Object.assign(many[0]?.function.parameters.properties ?? {}, { p0: { type: 'string', pattern: '(' } });
  expect(() => toolGrammars(many, 'auto', true)).toThrow('too large to be enforced');
  expect(() => toolGrammars(many.slice(0, 1), 'auto', true)).toThrow(/pattern/);
});
