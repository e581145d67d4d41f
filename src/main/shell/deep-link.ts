/** `tabagent://` links: any web page can open one, so they can show a screen and do nothing else. */
import { SCREENS } from '../../contract/host/screens.ts';
import { CommandId, ProfileId, TaskId } from '../../contract/kernel/scalars.ts';

/** Scheme of deep links. */
export const DEEP_LINK_SCHEME = 'tabagent';

const MAX_LENGTH = 200;

/** Route of a task's page. */
export function taskRoute(id: string): string {
  return `/tasks/${id}`;
}

/** Pages of single things: `tabagent://<word>/<id>`. */
const THINGS = {
  task: { id: TaskId, route: taskRoute },
  command: { id: CommandId, route: (id: string) => `/commands/${id}` },
  profile: { id: ProfileId, route: (id: string) => `/profiles?peek=${id}` },
} as const;

/**
 * Route that a link opens: `tabagent://task/tsk_…`, `command/cmd_…`, `profile/prf_…`, or `tabagent://<screen>`.
 * @returns null for anything else: other words, parameters, credentials, a port, more path than expected
 */
export function parseDeepLink(link: string): string | null {
  if (link.length > MAX_LENGTH) return null;
  const match = /^tabagent:\/\/([a-z]+)(?:\/([a-z0-9_]+))?\/?$/.exec(link);
  const word = match?.[1];
  if (word === undefined) return null;
  const id = match?.[2];
  if (id === undefined) return SCREENS.find((screen) => screen.id === word)?.path ?? null;
  const thing = Object.hasOwn(THINGS, word) ? THINGS[word as keyof typeof THINGS] : null;
  return thing?.id.safeParse(id).success ? thing.route(id) : null;
}

/** The deep link among the arguments of a start, if there is one; the OS passes it as the last. */
export function deepLinkOf(argv: readonly string[]): string | null {
  return argv.findLast((argument) => argument.startsWith(`${DEEP_LINK_SCHEME}://`)) ?? null;
}
