/** Believable content for a host: profiles, commands and tasks in every state. The demo site is what the scripts visit. */
import type { CommandId, ProfileId } from '../../../src/contract/kernel/scalars.ts';
import type { Api } from './api.ts';

const PROFILES = [
  {
    name: 'Berlin office',
    group: 'Europe',
    color: '#4f7cff',
    locale: 'de-DE',
    timezone: 'Europe/Berlin',
    tags: ['shop'],
  },
  {
    name: 'Lisbon counter',
    group: 'Europe',
    color: '#12a594',
    locale: 'pt-PT',
    timezone: 'Europe/Lisbon',
    tags: ['shop'],
  },
  {
    name: 'New York desk',
    group: 'Americas',
    color: '#f76b15',
    locale: 'en-US',
    timezone: 'America/New_York',
    tags: ['prices'],
  },
  {
    name: 'Osaka desk',
    group: 'Asia',
    color: '#e5484d',
    locale: 'ja-JP',
    timezone: 'Asia/Tokyo',
    tags: ['prices', 'night'],
  },
  { name: 'Archive', group: null, color: '#687076', locale: 'en-GB', timezone: 'Europe/London', tags: [] },
] as const;

const ANSWER = `Two things are open:

1. **Invoice 2041** is due on Friday.
2. The catalogue of *Lisbon counter* is older than a week.

| Shop | Orders | Open |
|---|---:|---:|
| Berlin office | 214 | 3 |
| Lisbon counter | 96 | 1 |

\`\`\`js
const open = orders.filter((order) => order.state === 'open');
\`\`\``;

/** Conversations, one of them with a table and code. */
async function converse(api: Api): Promise<string> {
  for (const title of ['Words for the newsletter', 'Why does the night run fail?'])
    await api.call('sessions_create', { title });
  const { id } = await api.call('sessions_create', { title: 'What is open this week?', params: { temperature: 0.2 } });
  const say = (role: 'user' | 'assistant', content: string) =>
    api.call('save_message', { session_id: id, message: { role, content } });
  await say('user', 'What is open this week? Count the orders of each shop too.');
  await say('assistant', ANSWER);
  return id;
}

const COLLECT = `export default async ({ page, input, log, progress, step, artifact }) => {
  await step('Sign in', async () => {
    await page.goto(\`\${input.shop}/login\`);
    await page.getByLabel('User').fill(input.user);
    await page.getByLabel('Password').fill(input.password);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/orders');
  });
  log.info('Signed in', { user: input.user });

  const invoices = await step('Read the table', async () => {
    const rows = await page.locator('tbody tr').allInnerTexts();
    progress(60, \`\${rows.length} rows\`);
    return rows.map((row) => row.split('\\t'));
  });
  await artifact.screenshot(page, 'invoices.png');
  const lines = invoices.map((cells) => cells.map((cell) => '"' + cell.trim() + '"').join(','));
  await artifact('invoices.csv', ['Order,Date,Customer,Article,Count,Total,State', ...lines].join('\\n'));
  await artifact('summary.json', JSON.stringify({ invoices: invoices.length, newest: invoices[0], checked: true }));
  log.info(\`\${invoices.length} invoices are open\`);
  return { invoices: invoices.length, newest: invoices[0] };
};
`;

const PRICE = `export default async ({ page, input, log, step }) => {
  await step('Open the shop', () => page.goto(input.shop));
  await step('Find the offer', async () => {
    log.warn('The offer has moved since the last run');
    await page.getByRole('heading', { name: 'Offer of the day' }).waitFor({ timeout: 400 });
  });
};
`;

/** What was made, for the specs that open one of them. */
export interface Filled {
  /** Ids of tasks by what became of them. */
  tasks: Record<'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'running' | 'queued', string>;
  command: CommandId;
  profile: ProfileId;
  schedule: string;
  session: string;
}

/** What an extension writes into the host's log while a person works. */
async function chatter(api: Api): Promise<void> {
  const lines = [
    'Tab 14 is attached',
    'The page asked for its notes',
    'Selection sent, 1 204 characters',
    'Tab 14 is idle',
  ];
  const entries = Array.from({ length: 24 }, (_, n) => ({
    level: n === 17 ? ('error' as const) : n % 9 === 4 ? ('warn' as const) : ('info' as const),
    source: 'extension' as const,
    context: 'tabs',
    message:
      n === 17 ? 'The page closed before it answered' : n % 9 === 4 ? 'Slow answer, 2.4 s' : (lines[n % 4] ?? ''),
    data: { tab: 14, step: n },
  }));
  await api.call('logs_write', { entries });
}

/** As a provider sends them; none is asked anything. */
const PROXIES = `name,type,host,port,user,password
Frankfurt 1,socks5,fra-1.proxies.example,1080,desk,word
Frankfurt 2,socks5,fra-2.proxies.example,1080,desk,word
Lisbon,http,198.51.100.24,8080,desk,word
New York,https,nyc.proxies.example,443,,
Osaka,http,2001:db8::24,3128,desk,word
`;

/** Schedules, one of them with a ledger. @returns its id */
async function plan(api: Api, commands: Record<'report' | 'price' | 'stock', CommandId>): Promise<string> {
  const daily = { kind: 'cron', expr: '30 7 * * 1-5', timezone: 'Europe/Berlin' } as const;
  await api.call('schedules_create', {
    name: 'Nightly report',
    target: { command_id: commands.report },
    trigger: daily,
  });
  await api.call('schedules_create', {
    ...{ name: 'Stock, every ten minutes', enabled: false, target: { command_id: commands.stock } },
    trigger: { kind: 'interval', seconds: 600 },
  });
  const { id } = await api.call('schedules_create', {
    ...{ name: 'Offer of the day, every quarter', target: { command_id: commands.price } },
    ...{
      trigger: { kind: 'once', at: '2026-01-01T07:30:00.000Z' },
      quiet: { from: '22:00', to: '06:00', timezone: 'UTC' },
    },
  });
  for (;;) {
    const { recent, last_task_id } = await api.call('schedules_get', { id });
    if (recent.length > 0 && last_task_id !== null) {
      // What ends while a screen is looked at would change it.
      await api.ended(last_task_id);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await api.call('schedules_update', { id, trigger: { ...daily, expr: '*/15 8-18 * * 1-5' } });
  return id;
}

/** Fills a host. Resolves when everything but the running and the queued task has ended. */
export async function fill(api: Api): Promise<Filled> {
  await api.call('settings_update', { 'rate_limits.enabled': false });
  const { url } = await api.call('demo_start', {});
  const profiles: ProfileId[] = [];
  for (const profile of PROFILES) {
    const made = await api.call('profiles_create', {
      ...profile,
      tags: [...profile.tags],
      viewport: { width: 1280, height: 800 },
    });
    profiles.push(made.id);
  }
  const [berlin, lisbon, newYork, osaka, archive] = profiles as [ProfileId, ProfileId, ProfileId, ProfileId, ProfileId];
  await api.call('proxies_import', { text: PROXIES, tags: ['residential'], dry_run: false });
  const [exit] = (await api.call('proxies_list', { q: 'fra-1' })).items;
  // Of a profile that no task starts: nothing answers there.
  await api.call('profiles_update', { id: archive, proxy_id: exit?.id ?? null });
  const shop = { type: 'string', format: 'uri', title: 'Address of the shop' };

  const collect = await api.call('commands_create', {
    name: 'Collect open invoices',
    kind: 'browser',
    folder: 'Accounting',
    tags: ['daily', 'shop'],
    description: 'Signs in to the shop and reads what has not been paid.',
    spec: { script: COLLECT },
    input_schema: {
      type: 'object',
      properties: {
        shop,
        user: { type: 'string', title: 'User' },
        password: { type: 'string', format: 'password', title: 'Password' },
      },
      required: ['shop', 'user', 'password'],
    },
    defaults: { shop: url, user: 'demo', password: 'demo-pass' },
    uses: { profile: true, services: [] },
    timeout_seconds: 120,
  });
  const price = await api.call('commands_create', {
    name: 'Watch the offer of the day',
    kind: 'browser',
    folder: 'Prices',
    tags: ['hourly'],
    spec: { script: PRICE },
    input_schema: { type: 'object', properties: { shop }, required: ['shop'] },
    defaults: { shop: url },
  });
  const stock = await api.call('commands_create', {
    name: 'Check the stock service',
    kind: 'http',
    folder: 'Prices',
    tags: ['hourly'],
    spec: {
      url: '{{input.shop}}/api/orders',
      query: { per_page: '5' },
      expect: { status: 200, max_duration_ms: 2_000 },
    },
    input_schema: { type: 'object', properties: { shop }, required: ['shop'] },
    defaults: { shop: url },
  });
  const report = await api.call('commands_create', {
    name: 'Print the nightly report',
    kind: 'process',
    folder: 'Accounting',
    tags: ['daily'],
    spec: {
      argv: [
        '{{host.node}}',
        '-e',
        'for (const l of ["Reading 3 accounts", "Totals match", "Report is ready"]) console.log(l)',
      ],
    },
  });
  const mirror = await api.call('commands_create', {
    name: 'Mirror the catalogue',
    kind: 'process',
    folder: 'Archive',
    tags: ['night'],
    spec: { argv: ['{{host.node}}', '-e', 'console.log("Copying 4 812 files"); setInterval(() => {}, 1000)'] },
    concurrency_key: 'mirror',
  });

  await chatter(api);
  const done = await Promise.all([
    api.task({ command_id: collect.id, profile_id: berlin, labels: ['november'] }),
    api.task({ command_id: price.id, profile_id: newYork }),
    api.task({ command_id: mirror.id, profile_id: lisbon, timeout_seconds: 1 }),
    api.task({ command_id: stock.id }),
    api.task({ command_id: report.id }),
    api.task({ command_id: stock.id }),
    api.task({ command_id: report.id, priority: 'low', labels: ['month-end'] }),
    api.task({ command_id: stock.id, input: { shop: 'http://127.0.0.1:9' } }),
  ]);
  const [succeeded, failed, timedOut] = done;
  const [{ status, error } = {}] = await Promise.all(done.map(({ id }) => api.ended(id)));
  if (status !== 'succeeded') throw new Error(`The task that was to succeed has ${status}: ${error?.detail}`);
  await chatter(api);
  const cancelled = await api.task({ command_id: mirror.id, profile_id: osaka });
  await api.call('tasks_cancel', { id: cancelled.id });
  await api.ended(cancelled.id);
  const running = await api.task({ command_id: mirror.id, profile_id: lisbon });
  const queued = await api.task({ command_id: mirror.id, profile_id: osaka });
  await chatter(api);
  await api.call('keys_create', {
    name: 'Nightly export',
    scopes: ['read', 'run'],
    areas: ['automation'],
    rate_multiplier: 1,
    expires_at: null,
  });
  return {
    tasks: {
      succeeded: succeeded?.id ?? '',
      failed: failed?.id ?? '',
      timed_out: timedOut?.id ?? '',
      cancelled: cancelled.id,
      running: running.id,
      queued: queued.id,
    },
    command: collect.id,
    profile: berlin,
    schedule: await plan(api, { report: report.id, price: price.id, stock: stock.id }),
    session: await converse(api),
  };
}
