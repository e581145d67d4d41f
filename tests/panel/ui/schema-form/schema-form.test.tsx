/** The form of a JSON Schema, without a host: what is typed, what comes of it, what is said about it. */
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import fc from 'fast-check';
import { useState } from 'react';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../src/contract/kernel/scalars.ts';
import { fieldsOf } from '../../../../src/renderer/ui/schema-form/model/read-schema.ts';
import { SchemaForm } from '../../../../src/renderer/ui/schema-form/schema-form.tsx';
import { ThemeProvider } from '../../../../src/renderer/ui/theme.tsx';

/** What is said about a field: its description and what is wrong with it. */
const said = (field: HTMLElement): string =>
  (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ')
    .trim();
const shown = (field: HTMLElement): string => (field as HTMLInputElement).value;

interface Seen {
  value: JsonObject;
  texts: Record<string, string>;
  changes: number;
}

/** Shows the form; answers what it holds. */
function show(
  properties: JsonObject,
  first: JsonObject = {},
  more: { required?: string[]; errors?: Record<string, string> } = {},
) {
  const seen: Seen = { value: first, texts: {}, changes: 0 };
  function Holder() {
    const [value, setValue] = useState(first);
    const [texts, setTexts] = useState<Record<string, string>>({});
    Object.assign(seen, { value, texts });
    return (
      <SchemaForm
        name="input"
        title="Input"
        none="No input"
        fields={fieldsOf({ type: 'object', properties, required: more.required ?? [] })}
        value={value}
        onChange={(next) => {
          seen.changes += 1;
          setValue(next);
        }}
        errors={more.errors ?? {}}
        held={{
          texts,
          setText: (name, text) =>
            setTexts(({ [name]: _old, ...rest }) => (text === null ? rest : { ...rest, [name]: text })),
        }}
      />
    );
  }
  render(
    <ThemeProvider env="test">
      <Holder />
    </ThemeProvider>,
  );
  return { seen, user: userEvent.setup() };
}

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const property: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: 'string' },
  { type: 'integer' },
  { type: 'boolean' },
  { enum: ['a', 1, null] },
  { type: 'string', format: 'date-time' },
  { type: 'array', items: { type: 'string' } },
  { type: 'array', items: { enum: ['a', 'b'] } },
  { type: 'array', items: { type: 'object', properties: { a: { type: 'number' }, b: { type: ['string', 'null'] } } } },
  { type: 'object', properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'boolean' } } } },
  {},
);
/** Often what the schema asks for, and sometimes anything. */
const value = fc.oneof(
  json,
  fc.constantFrom<Json>(
    'a',
    1,
    null,
    true,
    ['a'],
    [1, 'x'],
    [{ a: 1 }],
    [{ a: 'x', c: {} }],
    { a: 'x', c: 1 },
    [true],
    '2026-11-27',
  ),
);

describe('form and JSON', () => {
  // Catches a control that cannot be drawn with some value, and a form that changes what it only shows.
  test('any value of any schema is shown, as a form, as JSON and as a form again, and stays as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), fc.tuple(property, value), { minKeys: 1, maxKeys: 4 }),
        async (members) => {
          const entries = Object.entries(members);
          const given = Object.fromEntries(entries.map(([name, [, each]]) => [name, each])) as JsonObject;
          const { seen, user } = show(Object.fromEntries(entries.map(([name, [each]]) => [name, each])), given);
          await user.click(screen.getByRole('radio', { name: 'JSON' }));
          await user.click(screen.getByRole('radio', { name: 'Form' }));
          expect(seen).toEqual({ value: given, texts: {}, changes: 0 });
          cleanup();
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('a list of texts', () => {
  // Catches an item that is lost because nobody pressed Enter after it, and a comma that makes two of one.
  test('has what is being typed as its last item, commas and all', async () => {
    const { seen, user } = show({ tags: { type: 'array', title: 'Tags', items: { type: 'string' } } });
    const field = screen.getByRole('combobox', { name: 'Tags' });
    await user.type(field, 'one{Enter}--list=a,b');
    expect(seen.value).toEqual({ tags: ['one', '--list=a,b'] });
    await user.type(field, '{Enter}One');
    await user.tab();
    expect(seen.value).toEqual({ tags: ['one', '--list=a,b', 'One'] });
    await user.click(field);
    await user.type(field, '{Backspace}');
    expect(seen.value).toEqual({ tags: ['one', '--list=a,b'] });
  });

  test('of numbers holds numbers, and says which item is none', async () => {
    const { seen, user } = show({ codes: { type: 'array', title: 'Codes', items: { type: 'integer' } } });
    const field = screen.getByRole('combobox', { name: 'Codes' });
    await user.type(field, '200{Enter}abc{Enter}');
    await user.tab();
    expect(seen.value).toEqual({ codes: [200, 'abc'] });
    expect(said(field)).toBe('Each item: must be a whole number');
  });
});

describe('rows', () => {
  const guests: JsonObject = {
    guests: {
      type: 'array',
      title: 'Guest',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', title: 'Name' }, extra: { title: 'Extra' } },
      },
    },
  };

  // Catches rows that lose their text, their focus or an unfinished JSON when they are moved.
  test('are added, moved and removed by keys alone; each keeps its focus and its unfinished JSON', async () => {
    const { seen, user } = show(guests, { guests: [{ name: 'Ada', more: 1 }] });
    screen.getByRole('button', { name: 'Add' }).focus();
    await user.keyboard('{Enter}');
    const names = () => screen.getAllByRole('textbox', { name: /^Name/ });
    await expect.poll(() => names()[1] === document.activeElement).toBe(true);
    await user.keyboard('Grace');
    expect(seen.value).toEqual({ guests: [{ name: 'Ada', more: 1 }, { name: 'Grace' }] });
    const extra = await screen.findAllByRole('textbox', { name: 'Extra' });
    await user.click(extra[1] as HTMLElement);
    await user.keyboard('tru');
    expect(Object.keys(seen.texts)).toEqual(['input.guests.1.extra']);
    await user.click(names()[1] as HTMLElement);
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}!');
    expect(seen.value).toEqual({ guests: [{ name: 'Grace!' }, { name: 'Ada', more: 1 }] });
    expect(Object.keys(seen.texts)).toEqual(['input.guests.0.extra']);
    screen.getByRole('button', { name: 'Remove: Guest 1' }).focus();
    await user.keyboard('{Enter}');
    expect(seen.value).toEqual({ guests: [{ name: 'Ada', more: 1 }] });
    expect(seen.texts).toEqual({});
    await expect.poll(() => document.activeElement?.getAttribute('aria-label')).toBe('Remove: Guest 1');
  });

  test('say what is wrong in which row', async () => {
    const { user } = show(guests, { guests: [{ name: '' }] });
    await user.click(screen.getByRole('textbox', { name: /^Name/ }));
    await user.tab();
    expect(said(screen.getByRole('textbox', { name: /^Name/ }))).toBe('Name is required');
  });
});

describe('a field', () => {
  // Catches letters that are taken away while somebody types a number, and a broken one that is sent as null.
  test('for a number keeps what is typed, letter by letter, and says when it is none', async () => {
    const { seen, user } = show({ n: { type: 'number', title: 'Count', maximum: 50 } });
    const field = screen.getByRole('textbox', { name: 'Count' });
    await user.type(field, '1.');
    expect(shown(field)).toBe('1.');
    await user.type(field, '5x');
    expect(shown(field)).toBe('1.5x');
    await user.tab();
    expect(said(field)).toMatch(/Must be a number/);
    await user.type(field, '{Backspace}{ArrowUp}');
    expect(seen.value).toEqual({ n: 2.5 });
    expect(said(field)).not.toMatch(/Must/);
  });

  test('is judged when it is left, not while it is typed into, and at once when the host has judged it', async () => {
    const { user } = show({ url: { type: 'string', title: 'Address', format: 'uri' } });
    const field = screen.getByRole('textbox', { name: 'Address' });
    await user.type(field, 'example.com');
    expect(said(field)).toBe('');
    await user.tab();
    expect(said(field)).toBe('Must be a full address, such as https://example.com');
    cleanup();
    show({ url: { type: 'string', title: 'Address' } }, {}, { errors: { 'input.url': 'Address is taken' } });
    expect(said(screen.getByRole('textbox', { name: 'Address' }))).toBe('Address is taken');
  });

  // Catches what is wrong with the profile of a task, shown at a member of the input that has the same name.
  test('shows nothing of a member outside of the form', () => {
    show({ profile_id: { type: 'string', title: 'Profile' } }, {}, { errors: { profile_id: 'Profile not found' } });
    expect(said(screen.getByRole('textbox', { name: 'Profile' }))).toBe('');
  });

  test('with a pattern is matched as the host matches it', async () => {
    const { user } = show({ code: { type: 'string', title: 'Code', pattern: '^[A-Z]{3}$' } }, { code: 'abc' });
    const field = screen.getByRole('textbox', { name: 'Code' });
    await user.click(field);
    await user.tab();
    await expect.poll(() => field.getAttribute('aria-describedby')).not.toBeNull();
    expect(said(field)).toBe('Must match the pattern ^[A-Z]{3}$');
  });

  // Catches a choice that turns the number 1 into the text "1", and a value that vanishes because it is no longer in the list.
  test('of a choice keeps the type of its value, and shows one that is not in the list', async () => {
    const { seen, user } = show(
      { level: { title: 'Level', enum: [1, '1', null] }, color: { title: 'Colour', enum: ['red'] } },
      { color: 'blue' },
    );
    expect(shown(screen.getByRole('combobox', { name: 'Colour' }))).toBe('blue (not in the list)');
    await user.click(screen.getByRole('combobox', { name: 'Level' }));
    const options = await screen.findAllByRole('option');
    await user.click(options[0] as HTMLElement);
    expect(seen.value).toEqual({ color: 'blue', level: 1 });
  });

  test('of a secret is masked', () => {
    show({ token: { type: 'string', title: 'Token', format: 'password' } });
    expect(screen.getByLabelText('Token').getAttribute('type')).toBe('password');
  });

  // Catches a password that anybody behind the operator reads once the form is shown as JSON.
  test('of a secret is masked in the JSON too, and stays what it was when something else is edited there', async () => {
    const { seen, user } = show(
      { token: { type: 'string', title: 'Token', format: 'password' }, url: { type: 'string' } },
      { token: 'tiger-lily', url: 'a' },
    );
    await user.click(screen.getByRole('radio', { name: 'JSON' }));
    const editor = await screen.findByRole('textbox', { name: 'Input as JSON' });
    expect(document.body.textContent).not.toContain('tiger-lily');
    expect(editor.getAttribute('aria-invalid')).toBe('false');
    await user.click(editor);
    await user.keyboard('{Control>}{End}{/Control}');
    await user.click(screen.getByRole('radio', { name: 'Form' }));
    expect(seen.value).toEqual({ token: 'tiger-lily', url: 'a' });
  });

  // Catches a refused form that leaves the focus where it was because the field that is wrong is an editor.
  test('of any kind that is edited as JSON says that it is wrong', async () => {
    show({ any: { title: 'Anything' } }, { any: { a: 1 } }, { errors: { 'input.any': 'Anything is required' } });
    const editor = await screen.findByRole('textbox', { name: 'Anything' });
    expect(editor.getAttribute('aria-invalid')).toBe('true');
  });

  test('of an object is a group of its members, which keeps those that nobody named', async () => {
    const address: JsonObject = {
      type: 'object',
      title: 'Place',
      properties: { zip: { type: 'string', title: 'Code' } },
    };
    const { seen, user } = show({ address }, { address: { country: 'PT' } });
    const group = within(screen.getByRole('group', { name: 'Place' }));
    await user.type(group.getByRole('textbox', { name: 'Code' }), '1200');
    expect(seen.value).toEqual({ address: { country: 'PT', zip: '1200' } });
  });
});
