import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { proxiesOn } from '../../../../../tests/support/proxies/on-core.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { createProfiles } from '../index.ts';

const open = (core: TestCore) =>
  createProfiles({
    ...core,
    profilesDir: `${core.dir}/profiles`,
    tempDir: `${core.dir}/tmp`,
    proxies: proxiesOn(core).service,
    baseUrl: () => 'http://127.0.0.1:8080',
    browserArgs: [],
  }).service;
const never = new AbortController().signal;
type Input = Parameters<ReturnType<typeof open>['createRows']>[0];
const run = (core: TestCore, input: Partial<Input>) => open(core).createRows({ dry_run: false, ...input }, never);

/** Breaks seven of 500 rows, each in another way. */
const FAULTS: Record<number, string> = {
  17: ',de-DE,Europe/Berlin',
  88: 'Zone,de-DE,Mars/Olympus',
  123: `${'x'.repeat(101)},de-DE,Europe/Berlin`,
  200: 'Tongue,not a tag!,Europe/Berlin',
  311: '   ,de-DE,Europe/Berlin',
  400: 'Two,x y,Nowhere',
  499: '"  ",,',
};

// Would catch: one bad row that costs the others, a bad row that is passed over, and a row that is blamed for another's fault.
test('P19: of 500 rows with seven faults 493 become profiles, and each of the seven is named by its line and field', async () => {
  using core = openTestCore();
  const lines = Array.from({ length: 500 }, (_, n) => FAULTS[n] ?? `Row ${n},de-DE,Europe/Berlin`);
  const text = ['Name,Locale,Timezone', ...lines].join('\r\n');
  const trial = await run(core, { text, dry_run: true });
  expect({ ...trial, items: trial.items.length }).toEqual({ created: 0, failed: 7, items: 500 });
  expect((await open(core).list({ limit: 1 } as never)).items).toEqual([]);
  const { created, failed, items } = await run(core, { text });
  expect({ created, failed }).toEqual({ created: 493, failed: 7 });
  const bad = items.filter(({ ok }) => !ok);
  expect(bad.map(({ row }) => row)).toEqual(Object.keys(FAULTS).map((n) => Number(n) + 2));
  expect(bad.map(({ errors }) => Object.keys(errors).join())).toEqual([
    'name',
    'timezone',
    'name',
    'locale',
    'name',
    'locale,timezone',
    'name',
  ]);
  expect(new Set(items.map(({ id }) => id)).size).toBe(494);
});

test('cells become values; what a row leaves open comes from the template, but its name does not', async () => {
  using core = openTestCore();
  const service = open(core);
  const settings = { name: 'Template', timezone: 'Asia/Tokyo', group: 'shop', tags: ['old'], color: '#112233' };
  const template_id = service.create(ProfileCreate.parse(settings)).id;
  const text = [
    '\uFEFFname;tags;Window;start URLs;clear cache on stop;notes',
    'Anna;a|b;1280 x 800;https://a.test/ | https://b.test/;yes;"two\nlines; and a semicolon"',
    ';;;;;',
    'Bea',
  ].join('\n');
  const { items } = await service.createRows({ text, template_id, dry_run: false }, never);
  expect(items.map(({ row, ok }) => ({ row, ok }))).toEqual([
    { row: 3, ok: true },
    { row: 4, ok: false },
    { row: 5, ok: true },
  ]);
  const [anna, , bea] = items.map(({ id }) => (id === null ? null : service.get(id)));
  expect(anna).toMatchObject({
    ...{ name: 'Anna', tags: ['a', 'b'], window: { width: 1280, height: 800 }, clear_cache_on_stop: true },
    ...{ start_urls: ['https://a.test/', 'https://b.test/'], notes: 'two\nlines; and a semicolon' },
    ...{ timezone: 'Asia/Tokyo', group: 'shop', color: '#112233' },
  });
  expect(bea).toMatchObject({ name: 'Bea', tags: ['old'], timezone: 'Asia/Tokyo' });
});

test.each([
  [{ text: 'name,passwort\nAnna,x' }, 'passwort'],
  [{ text: 'group\nshop' }, 'one of them name'],
  [{ text: 'name\n"open' }, 'not valid CSV'],
  [{ text: '{"name":"Anna"}' }, 'no list'],
  [{ text: '[{' }, 'not valid JSON'],
  [{ text: 'name' }, 'no row'],
  [{ text: `name\n${'a\n'.repeat(2_001)}` }, 'more than 2000'],
  // Would catch: cells of a row times columns of one name, and a line without an end, that hold the host up.
  [{ text: `name${',name'.repeat(20_000)}\n${'x\n'.repeat(1000)}` }, 'a column twice'],
  [{ text: `name\n"${'x'.repeat(300 * 1024)}"` }, 'not valid CSV'],
  [{}, 'either rows or text'],
])('%#: a table that cannot be read is refused as a whole', async (input, why) => {
  using core = openTestCore();
  await expect(run(core, input)).rejects.toMatchObject({
    slug: 'validation-error',
    errors: { text: expect.stringContaining(why) },
  });
});

test('rows of JSON are read as they are, and what is no row is told', async () => {
  using core = openTestCore();
  const { items } = await run(core, { text: '[{"name":"Anna","tags":["x"]},7,{"name":"Bea","nonsense":"x"}]' });
  expect(items.map(({ ok }) => ok)).toEqual([true, false, false]);
  // What only the host can judge is told by the row too, in a dry run as well.
  const lost = { name: 'Dora', proxy_id: `prx_${'0'.repeat(26)}` };
  for (const dry_run of [true, false]) {
    const told = await run(core, { rows: [lost], dry_run });
    expect(told.items).toMatchObject([{ ok: false, errors: { proxy_id: 'must be the id of a proxy' } }]);
  }
  expect((await run(core, { rows: [{ name: 'Cleo' }] })).created).toBe(1);
});

// Would catch: texts that count for the life of the host, until none is taken any more.
test('what was in one text counts in no other', async () => {
  using core = openTestCore();
  const text = JSON.stringify([{ name: 'Anna', tags: Array.from({ length: 6000 }, () => ({})) }]);
  for (let round = 0; round < 4; round++)
    expect((await run(core, { text, dry_run: true })).items).toMatchObject([{ ok: false }]);
});
