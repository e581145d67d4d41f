/** Commands written in TypeScript. `JSON.stringify(signIn)` is what `commands_create` takes and what `tabagent run` reads. */
import { analyze, http, llm, process } from '../src/contract/automation/builder.ts';
import { browser } from '../src/workers/executor/script-api.ts';

/** The types of `input` follow from the schema: a typo in the script does not compile. */
export const signIn = browser({
  name: 'Sign in',
  input_schema: {
    type: 'object',
    properties: {
      base_url: { type: 'string' },
      user: { type: 'string', default: 'demo' },
      password: { type: 'string', format: 'password' },
    },
    required: ['base_url', 'password'],
  },
  script: async ({ page, input, step }) => {
    await step('Sign in', async () => {
      await page.goto(`${input.base_url}/login`);
      await page.getByLabel('User').fill(input.user);
      await page.getByLabel('Password').fill(input.password);
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/orders');
    });
    return { title: await page.title() };
  },
});

export const firstOrder = http({
  name: 'First order',
  input_schema: { type: 'object', properties: { base_url: { type: 'string' } }, required: ['base_url'] },
  url: '{{base_url}}/api/orders',
  expect: { status: 200, json: { '/items/0/id': 1001 } },
});

export const mood = llm({
  name: 'Mood of a text',
  input_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  prompt: 'Which mood does this text have?\n\n{{text}}',
  output_schema: { type: 'object', properties: { mood: { enum: ['good', 'bad'] } }, required: ['mood'] },
});

export const names = analyze({
  name: 'Names in a text',
  input_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  task: 'entities',
  text: '{{text}}',
});

export const version = process({ name: 'Version of git', argv: ['git', '--version'] });
