/** Topics of the user guide. The pages are `docs/guide/<id>.md`; only the Help screen loads them. */

import { SCREENS } from '../../contract/host/screens.ts';

/** One page of the guide. */
interface Topic {
  id: string;
  /** The page's first heading. */
  title: string;
  /** How a link to the page reads where it answers a question. */
  link: string;
  /** Words that find it in the palette beside its title. */
  keywords: string;
}

/** All pages, in reading order. */
export const HELP_TOPICS = [
  { id: 'first-task', title: 'Your first task', link: 'Your first task', keywords: 'start example tutorial words' },
  { id: 'tasks', title: 'Tasks', link: 'How tasks work', keywords: 'states retry cancel log steps artifacts trace' },
  {
    id: 'failures-and-artifacts',
    title: 'Failures and artifacts',
    link: 'How failures are shown',
    keywords: 'error screenshot trace preview download evidence',
  },
  { id: 'commands', title: 'Commands', link: 'How commands work', keywords: 'script input secrets variables dry run' },
  {
    id: 'schedules',
    title: 'Schedules',
    link: 'How schedules work',
    keywords: 'cron interval time zone daylight saving missed overlap quiet hours ledger',
  },
  { id: 'profiles', title: 'Profiles', link: 'How profiles work', keywords: 'browser cookies sign in lock' },
  { id: 'proxies', title: 'Proxies', link: 'How proxies work', keywords: 'socks5 http import check leak exit country' },
  {
    id: 'models',
    title: 'Models',
    link: 'How models work',
    keywords: 'gguf onnx download hub memory quantization embedding chat token',
  },
  {
    id: 'chat',
    title: 'Chat',
    link: 'How chat works',
    keywords: 'conversation session message branch compare tool system prompt temperature export',
  },
  {
    id: 'inference',
    title: 'Chat and embeddings over the API',
    link: 'How programs use models',
    keywords: 'openai chat completions responses tools json schema stream stop rerank',
  },
  {
    id: 'logs-and-metrics',
    title: 'Logs and metrics',
    link: 'How logs work',
    keywords: 'audit dashboard prometheus diagnosis',
  },
  { id: 'connections', title: 'Connections', link: 'How connections work', keywords: 'api key scope area curl link' },
  {
    id: 'settings-and-data',
    title: 'Settings and data',
    link: 'Where data lives',
    keywords: 'folder backup retention secrets store',
  },
  {
    id: 'command-line',
    title: 'Command line',
    link: 'The command line',
    keywords: 'terminal tabagent serve run call keys doctor',
  },
] as const satisfies Topic[];

/** Id of a page. */
export type HelpTopic = (typeof HELP_TOPICS)[number]['id'];
/** A page, or a heading of one: `tasks`, `tasks#why-a-task-waits`. */
export type HelpTarget = HelpTopic | `${HelpTopic}#${string}`;

/** The topic with this id; the first one for anything else. */
export function topicOf(id: string | undefined): (typeof HELP_TOPICS)[number] {
  return HELP_TOPICS.find((topic) => topic.id === id) ?? HELP_TOPICS[0];
}

/** A target in its parts, as the router takes them. */
export function partsOf(target: string): { topic: HelpTopic; hash: string } {
  const [id, hash = ''] = target.split('#');
  return { topic: topicOf(id).id, hash };
}

/** The topic that belongs to a screen; on the Help screen the one that is open. */
export function topicFor(path: string): HelpTopic {
  const [, first = '', rest] = path.split('/');
  const screen = SCREENS.find((each) => each.path === `/${first}`);
  return screen === undefined || screen.where === 'help' ? topicOf(rest).id : screen.help;
}
