/**
 * The local API of AdsPower, as far as scripts use it to open a browser and drive it: `browser/start`, `browser/stop`, `browser/active` and
 * `status` (localapi-doc-en.adspower.com). Answers are `{code, msg, data}` with 200, and failures have the code -1. Everything is asked for
 * with GET, as there; who asks needs a key in a header all the same, which no page can send along.
 */
import { z } from 'zod';
import type { Profile } from '../../../contract/automation/profiles.ts';
import { namedSo } from '../../../contract/client/by-name.ts';
import type { OperationId } from '../../../contract/index.ts';
import { AppError, toAppError } from '../../../contract/kernel/errors.ts';
import type { Page } from '../../../contract/kernel/paging.ts';
import { ProfileId } from '../../../contract/kernel/scalars.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';
import type { Dialect, DialectCall } from '../../doors/index.ts';

const WANTED = 'Name the profile with user_id, its id or its name';

/** Parameters that matter here; others, which AdsPower has for its own browser, are ignored. `user_id` is an id or the name of a profile. */
const Query = z.object({
  user_id: z.string(WANTED).trim().min(1, WANTED).max(200),
  headless: z.enum(['0', '1']).default('0'),
});
/** Newer versions call it so. */
const withUserId = (query: object) => ('profile_id' in query ? { user_id: query.profile_id, ...query } : query);

const said = (data: object) => ({ code: 0, msg: 'success', data });
const failed = ({ message }: AppError) => ({ code: -1, msg: message, data: {} });

/** There is no port for debugging, and so nothing for Selenium; `puppeteer` is an address for one connection. */
const connection = (address: string) => ({
  ws: { puppeteer: address, selenium: '' },
  debug_port: '',
  webdriver: '',
});

/** @throws AppError `validation-error` */
function queryOf({ request }: DialectCall): z.infer<typeof Query> {
  const parsed = Query.safeParse(withUserId(request.query as object));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'validation-error',
    `${String(issue?.path[0] ?? 'query')}: ${issue === undefined ? 'Cannot be read' : issueText(issue)}.`,
  );
}

/** The id that is meant. @throws AppError `not-found` when no profile has the name, or several have it */
async function profileOf({ also }: DialectCall, named: string): Promise<ProfileId> {
  const id = ProfileId.safeParse(named);
  if (id.success) return id.data;
  const [first, second] = await namedSo(named, async (query) => (await also('profiles_list', query)) as Page<Profile>);
  if (first !== undefined && second === undefined) return first.id;
  const reason = first === undefined ? 'No profile has this id or name' : 'Several profiles have this name; use an id';
  throw new AppError('not-found', `${reason}: ${named}.`);
}

const isOpen = ({ state }: Profile) => state === 'running';

async function addressOf({ also }: DialectCall, id: ProfileId): Promise<string> {
  return ((await also('profiles_connect', { id })) as { ws_url: string }).ws_url;
}

/** Opens the browser, or finds it open. */
async function start(call: DialectCall): Promise<object> {
  const { user_id, headless } = queryOf(call);
  const id = await profileOf(call, user_id);
  const before = (await call.also('profiles_get', { id })) as Profile;
  if (!isOpen(before)) await call.run({ id, headless: headless === '1' });
  return connection(await addressOf(call, id));
}

async function stop(call: DialectCall): Promise<object> {
  await call.run({ id: await profileOf(call, queryOf(call).user_id) });
  return {};
}

async function active(call: DialectCall): Promise<object> {
  const id = await profileOf(call, queryOf(call).user_id);
  const { value } = (await call.run({ id })) as { value: Profile };
  if (!isOpen(value)) return { status: 'Inactive' };
  return { status: 'Active', ...connection(await addressOf(call, id)) };
}

const ROUTES: readonly { url: string; operation: OperationId; answer(call: DialectCall): Promise<object> }[] = [
  { url: '/v1/browser/start', operation: 'profiles_start', answer: start },
  { url: '/v1/browser/stop', operation: 'profiles_stop', answer: stop },
  { url: '/v1/browser/active', operation: 'profiles_get', answer: active },
  {
    url: '/status',
    operation: 'health',
    async answer({ run }) {
      await run({});
      return {};
    },
  },
];

export const adsPowerDialect: Dialect = {
  name: 'adspower',
  problem: failed,
  register(_app, kit) {
    for (const { url, operation, answer } of ROUTES)
      kit.route({
        method: 'GET',
        url,
        operation,
        async answer(call) {
          const body = await answer(call).then(said, (error: unknown) => failed(toAppError(error)));
          call.json(200, body);
        },
      });
  },
};
