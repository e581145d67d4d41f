/** Starting points for a new command, one or more of each kind. */
import type { CommandKind } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';

/** One starting point. */
export interface Template {
  id: string;
  kind: CommandKind;
  title: string;
  /** What it is for. */
  text: string;
  name: string;
  spec: JsonObject;
  input_schema: JsonObject;
  defaults: JsonObject;
}

const VISIT = `export default async ({ page, input, log, step, artifact }) => {
  await step('Open the page', () => page.goto(input.url));
  const title = await page.title();
  log.info(\`Title: \${title}\`);
  await artifact.screenshot(page, 'page.png');
  return { title };
};
`;

const LOGIN = `export default async ({ page, input, step }) => {
  await step('Open the sign-in page', () => page.goto(input.url));
  await step('Sign in', async () => {
    await page.getByLabel('User').fill(input.user);
    await page.getByLabel('Password').fill(input.password);
    await page.getByRole('button', { name: /sign in|log in/i }).click();
    await page.waitForLoadState('networkidle');
  });
  return { url: page.url(), title: await page.title() };
};
`;

const URL_SCHEMA: JsonObject = { type: 'string', format: 'uri', title: 'Address' };

/** All templates, in the order of the menu. */
export const TEMPLATES: readonly Template[] = [
  {
    id: 'visit',
    kind: 'browser',
    title: 'Visit a page',
    text: 'Opens an address, takes a screenshot and returns the title.',
    name: 'Visit a page',
    spec: { kind: 'browser', language: 'typescript', script: VISIT },
    input_schema: { type: 'object', properties: { url: URL_SCHEMA }, required: ['url'] },
    defaults: {},
  },
  {
    id: 'login',
    kind: 'browser',
    title: 'Sign in',
    text: 'Fills a sign-in form; the password is kept sealed.',
    name: 'Sign in',
    spec: { kind: 'browser', language: 'typescript', script: LOGIN },
    input_schema: {
      type: 'object',
      properties: {
        url: URL_SCHEMA,
        user: { type: 'string', title: 'User' },
        password: { type: 'string', title: 'Password', format: 'password' },
      },
      required: ['url', 'user', 'password'],
    },
    defaults: {},
  },
  {
    id: 'program',
    kind: 'process',
    title: 'Run a program',
    text: 'Starts a program directly, without a shell.',
    name: 'Run a program',
    spec: { kind: 'process', argv: ['node', '--version'], output: 'text' },
    input_schema: {},
    defaults: {},
  },
  {
    id: 'get',
    kind: 'http',
    title: 'Check an address',
    text: 'One request that must answer 200 in time.',
    name: 'Check an address',
    spec: { kind: 'http', method: 'GET', url: '{{input.url}}', expect: { status: 200, max_duration_ms: 5_000 } },
    input_schema: { type: 'object', properties: { url: URL_SCHEMA }, required: ['url'] },
    defaults: {},
  },
  {
    id: 'post',
    kind: 'http',
    title: 'Send JSON',
    text: 'Posts a JSON body built from the input.',
    name: 'Send JSON',
    spec: {
      kind: 'http',
      method: 'POST',
      url: 'https://api.example/items',
      body: { json: { name: '{{input.name}}' } },
      expect: { status: [200, 201] },
    },
    input_schema: { type: 'object', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] },
    defaults: {},
  },
];
