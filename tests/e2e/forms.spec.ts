/** The form of an input schema: a control for each kind of value, checked where it stands, and the same value as JSON. */
import { faults } from './support/axe.ts';
import { choose, expectTask } from './support/panel.ts';
import { expect, open, test } from './support/test.ts';

test.use({ fresh: true });

const SCHEMA = {
  type: 'object',
  required: ['title', 'guests'],
  properties: {
    title: { type: 'string', title: 'Title', minLength: 3, description: 'Shown to guests.' },
    tags: { type: 'array', title: 'Tags', items: { type: 'string' } },
    day: { type: 'string', format: 'date', title: 'Day' },
    at: { type: 'string', format: 'date-time', title: 'Starts' },
    size: { title: 'Size', enum: ['small', 'large'] },
    open: { type: 'boolean', title: 'Open to all' },
    seats: { type: 'integer', title: 'Seats', minimum: 1, maximum: 50 },
    place: {
      type: 'object',
      title: 'Place',
      properties: {
        city: { type: 'string', title: 'City' },
        codes: { type: 'array', title: 'Codes', items: { type: 'integer' } },
      },
    },
    guests: {
      type: 'array',
      title: 'Guest',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', title: 'Name' },
          pin: { type: 'string', title: 'PIN', format: 'password' },
        },
      },
    },
    more: { title: 'More' },
  },
};
const ARGV = ['{{host.node}}', '-e', 'console.log("ran")'];

// Would catch: a list, a date or an object that can only be typed as JSON, a value that the form changes on its way, a limit that
// only the host knows.
test('every kind of value has its control; errors stand at the field; the same value as JSON', async ({
  page,
  api,
}, info) => {
  const { id } = await api.call('commands_create', {
    name: 'Invite',
    kind: 'process',
    spec: { argv: ARGV },
    input_schema: SCHEMA,
  });
  await open(page, `/commands/${id}`);
  const form = page.getByRole('group', { name: 'Input' });
  const title = form.getByLabel('Title');
  await title.fill('ab');
  await form.getByLabel('Tags').pressSequentially('tea, coffee');
  await page.keyboard.press('Enter');
  await page.keyboard.type('cake');
  await expect(title).toHaveAccessibleDescription(/Must have at least 3 characters/);
  await title.fill('Tasting');
  await expect(title).not.toHaveAccessibleDescription(/Must/);

  await form.getByLabel('Day', { exact: true }).fill('2026-11-2');
  await form.getByLabel('Starts', { exact: true }).fill('2026-11-27T09:30:00Z');
  await expect(form.getByLabel('Day', { exact: true })).toHaveAccessibleDescription(/Must be a date/);
  await expect(form.getByLabel('Day', { exact: true })).toHaveValue('2026-11-2');
  await form.getByLabel('Day', { exact: true }).fill('2026-11-27');
  await form.getByRole('button', { name: 'Choose a date: Starts' }).click();
  const calendar = page.getByRole('dialog', { name: 'Starts' });
  await calendar.getByRole('button', { name: /^28 November/ }).click();
  await expect(form.getByLabel('Starts', { exact: true })).toHaveValue('2026-11-28T09:30:00Z');
  await page.screenshot({ path: info.outputPath('calendar.png') });
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(calendar).toHaveCount(0);
  await expect(form.getByRole('button', { name: 'Choose a date: Starts' })).toBeFocused();

  await choose(page, 'Size', 'large');
  await form.getByLabel('Open to all').check();
  await form.getByLabel('Seats').fill('7x');
  await form.getByLabel('City').fill('Lisbon');
  await expect(form.getByLabel('Seats')).toHaveAccessibleDescription(/Must be a whole number.*1 to 50/);
  await form.getByLabel('Seats').fill('7');
  await form.getByLabel('Codes').pressSequentially('12');

  // Rows, by keys alone.
  await form.getByRole('button', { name: 'Add' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Grace');
  await form.getByRole('button', { name: 'Add' }).focus();
  await page.keyboard.press('Enter');
  await expect(form.getByLabel('Name').nth(1)).toBeFocused();
  await page.keyboard.type('Ada');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(form.getByLabel('Name').first()).toBeFocused();
  await expect(form.getByLabel('Name').first()).toHaveValue('Ada');
  await form.getByLabel('PIN').first().fill('4711');

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await form.scrollIntoViewIfNeeded();
    await page.screenshot({ path: info.outputPath(`form-${scheme}.png`) });
    expect(await faults(page), scheme).toEqual([]);
  }
  const expected = {
    title: 'Tasting',
    tags: ['tea, coffee', 'cake'],
    day: '2026-11-27',
    at: '2026-11-28T09:30:00Z',
    size: 'large',
    open: true,
    seats: 7,
    place: { city: 'Lisbon', codes: [12] },
    guests: [{ name: 'Ada', pin: '4711' }, { name: 'Grace' }],
  };
  await form.getByText('JSON', { exact: true }).click();
  await expect(form.getByRole('textbox', { name: 'Input as JSON' })).toContainText('tea, coffee');
  await form.getByText('Form', { exact: true }).click();
  await expect(form.getByLabel('Starts', { exact: true })).toHaveValue(expected.at);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expectTask(page, 'Succeeded');
  const [task] = (await api.call('tasks_list', {})).items;
  const { pin: _masked, ...ada } = (task?.input.guests as { name: string; pin: string }[])[0] ?? {};
  expect(ada).toEqual({ name: 'Ada' });
  expect({ ...task?.input, guests: null }).toEqual({ ...expected, guests: null });
});

// Would catch: a run that fails somewhere above the form, with the reason in the words of the schema.
test('what the host refuses is said at the field, in a row of a list too', async ({ page, api }) => {
  const { id } = await api.call('commands_create', {
    name: 'Invite',
    kind: 'process',
    spec: { argv: ARGV },
    input_schema: SCHEMA,
  });
  await open(page, `/commands/${id}`);
  const form = page.getByRole('group', { name: 'Input' });
  await form.getByLabel('Title').fill('Tasting');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(form.getByLabel('Name')).toHaveAccessibleDescription('Name is required');
  await expect(page.getByText(/guests\.0|\/guests/)).toHaveCount(0);
});
