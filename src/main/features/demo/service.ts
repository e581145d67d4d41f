/** Makes the first task possible: the shop runs, and a profile and the example commands are there. */
import { withDemoUrl } from '../../../contract/automation/demo.ts';
import { ProfileCreate } from '../../../contract/automation/profiles.ts';
import type { CommandId, ProfileId } from '../../../contract/kernel/scalars.ts';
import type { CommandService } from '../commands/index.ts';
import type { ProfileService } from '../profiles/index.ts';
import { demoUrlMembers, type Example, readExamples } from './examples.ts';
import { DEMO_LOGIN } from './sign-in.ts';
import { createDemoSite } from './site.ts';
import type { DemoStore } from './store.ts';

/** Who makes the examples, in versions and audit. */
const AUTHOR = 'TabAgent';
/** Tag of the example profile. */
const TAG = 'demo';

/** What {@link createDemoService} needs. */
export interface DemoDeps {
  store: DemoStore;
  commands: CommandService;
  profiles: ProfileService;
  /** Folder of the example files. */
  examplesDir: string;
}

/** Creates the service; nothing runs before `start` or `resume`. */
export function createDemoService({ store, commands, profiles, examplesDir }: DemoDeps) {
  const site = createDemoSite(Number(store.get('demo_port') ?? 0));
  let preparing: Promise<unknown> = Promise.resolve();

  async function startSite(): Promise<string> {
    const url = await site.start();
    const { port } = new URL(url);
    if (store.get('demo_port') !== port) store.set('demo_port', port);
    return url;
  }

  /** Found by its tag, whatever it is called by now; made again when it was deleted. */
  async function ensureProfile(): Promise<ProfileId> {
    const { items } = await profiles.list({ limit: 1, count: false, sort: 'created_at', tag: TAG });
    const [found] = items;
    if (found !== undefined) return found.id;
    const notes = 'For the examples. Change it or delete it as you like; it is made again when it is needed.';
    return profiles.create(ProfileCreate.parse({ name: 'Demo', color: '#2f9e6e', tags: [TAG], notes })).id;
  }

  /** An example that was edited stays as it is, but for an address of the shop that is out of date. */
  async function ensureCommand({ id: name, command }: Example, url: string): Promise<CommandId> {
    const row = commands.example(name);
    if (row === undefined) return (await commands.create(withDemoUrl(command, url), AUTHOR, name)).id;
    const current = row.deleted_at === null ? commands.get(row.id) : commands.restore(row.id, AUTHOR);
    const stale = demoUrlMembers(command.defaults).filter((member) => {
      const value = current.defaults[member];
      return typeof value === 'string' && /^http:\/\/127\.0\.0\.1:\d+$/.test(value) && value !== url;
    });
    if (stale.length > 0) {
      const defaults = { ...current.defaults, ...Object.fromEntries(stale.map((member) => [member, url])) };
      await commands.update(row.id, { defaults }, AUTHOR, {});
    }
    return row.id;
  }

  async function prepare() {
    const url = await startSite();
    const command_ids: CommandId[] = [];
    for (const example of await readExamples(examplesDir)) command_ids.push(await ensureCommand(example, url));
    return { url, user: DEMO_LOGIN.user, profile_id: await ensureProfile(), command_ids };
  }

  return {
    /** Starts the shop and makes what is missing; calls run one after the other, so that nothing is made twice. */
    start(): ReturnType<typeof prepare> {
      const result = preparing.then(prepare);
      preparing = result.catch(() => undefined);
      return result;
    },
    /** Starts the shop again on the port of the last time, if it was ever used: the examples go on working after a restart. */
    async resume(): Promise<void> {
      if (store.get('demo_port') !== null) await startSite();
    },
    stop: () => site.stop(),
  };
}
