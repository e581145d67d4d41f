/** A host in whose stores there is one of every entity, each made through the operations that make it for a user. */
import path from 'node:path';
import type { EntityName, IdentifiedEntity } from '../../src/contract/entities.ts';
import type { OperationId } from '../../src/contract/index.ts';
import { openSocket } from './frame-client.ts';
import { createTestHost, type TestHost } from './host.ts';
import { writeLlama } from './models/llama-model.ts';

/** Entities that operations name by an id of their own. Attempts are numbered within their task. */
export type NamedEntity = Exclude<IdentifiedEntity, 'attempt'>;

/** See file comment. */
export interface FilledHost extends TestHost {
  /** Id of the row of each entity. */
  ids: Readonly<Record<NamedEntity, string>>;
  /**
   * Id of a row that `op` may change or remove: a new one, brought into the state that `op` is for.
   * @throws Error when an entity that is changed by id has no maker here
   */
  fresh(entity: EntityName, op: OperationId): Promise<string>;
}

/** Leaves a step, a log line and an artifact. */
const SCRIPT = `export default async ({ log, step, artifact }) => {
  await step('write', async () => {
    log.info('writing');
    await artifact('hello.txt', 'hello');
  });
  return { done: true };
};`;
/** A browser that cannot be started: no window opens on the machine of whoever runs the tests. */
const NO_BROWSER = '/nonexistent/browser';

/** Starts and fills a host; disposing it stops it and removes its data. */
export async function createFilledHost(): Promise<FilledHost> {
  const subject = await createTestHost();
  const { client } = subject.host;
  const sockets: { close(): void }[] = [];

  const newProfile = async () => (await client.call('profiles_create', { name: 'Filled' })).id;
  const newProxy = async () => (await client.call('proxies_create', { host: '127.0.0.1', port: 9 })).id;
  const newPool = async () => (await client.call('pools_create', { name: 'Filled' })).id;
  const newCommand = async () =>
    (await client.call('commands_create', { name: 'Filled', kind: 'process', spec: { argv: ['true'] } })).id;
  async function newTask(): Promise<string> {
    const made = await client.call('tasks_create', { spec: { kind: 'process', argv: ['true'] }, wait: true });
    if (!('id' in made)) throw new Error('a batch was made');
    return made.id;
  }
  const newKey = async () => (await client.call('keys_create', { name: 'filled' })).id;
  async function newConnection(): Promise<string> {
    const before = await connectionIds();
    sockets.push((await openSocket(subject.url, { authorization: `Bearer ${subject.token}` })).client);
    const id = (await connectionIds()).find((one) => !before.includes(one));
    if (id === undefined) throw new Error('the connection is not listed');
    return id;
  }
  const connectionIds = async () => (await client.call('connections_list', {})).items.map(({ id }) => id);
  async function newBackup(): Promise<{ backup: string; job: string }> {
    const made = await client.call('backups_create', { wait: true });
    if (!('id' in made)) throw new Error('the backup was not waited for');
    const [job] = (await client.call('jobs_list', { kind: ['backup'] })).items;
    if (!job) throw new Error('the backup has no job');
    return { backup: made.id, job: job.id };
  }

  /** A task with everything that hangs off one, made as a batch on a profile. */
  async function newFullTask(profile: string) {
    const made = await client.call('tasks_create', {
      spec: { kind: 'browser', script: SCRIPT, language: 'javascript', trace: 'off', screenshot: 'off' },
      profile_ids: [profile],
      wait: true,
    });
    const task = 'items' in made ? made.items[0] : undefined;
    if (!task?.batch_id) throw new Error('no batch was made');
    const { attempts, steps } = await client.call('tasks_get', { id: task.id });
    const { items: lines } = await client.call('tasks_logs', { id: task.id });
    const [artifact] = (await client.call('artifacts_list', { id: task.id })).items;
    if (!artifact || attempts.length === 0 || steps.length === 0 || lines.length === 0)
      throw new Error(`the task is not complete: ${JSON.stringify(task)}`);
    return { task: task.id, batch: task.batch_id, artifact: artifact.id };
  }

  async function newUpload(): Promise<string> {
    const response = await fetch(`${subject.url}/v1/uploads?name=filled.txt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${subject.token}`, 'content-type': 'text/plain' },
      body: 'filled',
    });
    return ((await response.json()) as { upload_id: string }).upload_id;
  }

  /** Has not begun, and will not while tests run. */
  async function newScheduledTask(): Promise<string> {
    const made = await client.call('tasks_create', {
      spec: { kind: 'process', argv: ['true'] },
      run_at: '2999-01-01T00:00:00.000Z',
    });
    if (!('id' in made)) throw new Error('a batch was made');
    return made.id;
  }

  let models = 0;
  async function newModel(): Promise<string> {
    models += 1;
    writeLlama(path.join(subject.dir, `filled-${models}.gguf`));
    const made = await client.call('models_import', { path: path.join(subject.dir, `filled-${models}.gguf`) });
    const model = 'items' in made ? made.items[0] : undefined;
    if (!model) throw new Error('the model is not listed');
    return model.id;
  }

  async function newSchedule(): Promise<string> {
    const trigger = { kind: 'once', at: '2999-01-01T00:00:00.000Z' } as const;
    const { id: command_id } = await client.call('commands_create', {
      name: 'Due',
      kind: 'process',
      spec: { argv: ['true'] },
    });
    return (await client.call('schedules_create', { name: 'Filled', target: { command_id }, trigger })).id;
  }

  const newSession = async () => (await client.call('sessions_create', { title: 'Filled' })).id;
  async function newMessage(): Promise<string> {
    const said = { session_id: ids.session, message: { role: 'user', content: 'Filled' } } as const;
    return (await client.call('save_message', said)).message_id;
  }

  const makers: Partial<Record<EntityName | OperationId, () => Promise<string>>> = {
    profile: newProfile,
    schedule: newSchedule,
    proxy: newProxy,
    pool: newPool,
    command: newCommand,
    task: newTask,
    key: newKey,
    model: newModel,
    connection: newConnection,
    session: newSession,
    message: newMessage,
    job: async () => ids.job,
    tasks_cancel: newScheduledTask,
  };
  /** What has to have happened for an operation to make sense. */
  const before: Partial<Record<OperationId, (id: never) => Promise<unknown>>> = {
    schedules_test: (id) => client.call('schedules_update', { id, trigger: { kind: 'event', on: 'host.started' } }),
    schedules_secret: (id) => client.call('schedules_update', { id, trigger: { kind: 'webhook' } }),
    schedules_restore: (id) => client.call('schedules_delete', { id }),
    proxies_restore: (id) => client.call('proxies_delete', { id }),
    profiles_restore: (id) => client.call('profiles_delete', { id }),
    commands_restore: (id) => client.call('commands_delete', { id }),
    sessions_restore: (id) => client.call('sessions_delete', { id }),
    profiles_bulk: (id) => client.call('profiles_update', { id, executable_path: NO_BROWSER }),
    profiles_start: (id) => client.call('profiles_update', { id, executable_path: NO_BROWSER }),
  };

  const profile = await newProfile();
  const session = await newSession();
  const { message_id: message } = await client.call('save_message', {
    session_id: session,
    message: { role: 'user', content: 'Filled' },
  });
  const ids: FilledHost['ids'] = {
    session,
    message,
    profile,
    proxy: await newProxy(),
    pool: await newPool(),
    command: await newCommand(),
    ...(await newFullTask(profile)),
    schedule: await newSchedule(),
    key: await newKey(),
    model: await newModel(),
    connection: await newConnection(),
    upload: await newUpload(),
    ...(await newBackup()),
  };

  return {
    ...subject,
    ids,
    async fresh(entity, op) {
      const make = makers[op] ?? makers[entity];
      if (!make) throw new Error(`${op} changes a ${entity}: say in filled-host.ts how to make another one`);
      const id = await make();
      await before[op]?.(id as never);
      return id;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await subject[Symbol.asyncDispose]();
    },
  };
}
