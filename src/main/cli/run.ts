/** `tabagent run`: one task with its live log; the exit code is the outcome. */
import fs from 'node:fs';
import path from 'node:path';
import type { Artifact } from '../../contract/automation/artifacts.ts';
import { DEMO_URL, withDemoUrl } from '../../contract/automation/demo.ts';
import type { LogLine, Step, TaskDetail } from '../../contract/automation/tasks.ts';
import { namedSo } from '../../contract/client/by-name.ts';
import { AppError, framesOf } from '../../contract/kernel/errors.ts';
import type { Page } from '../../contract/kernel/paging.ts';
import { ProfileId, ProxyId, type TaskId } from '../../contract/kernel/scalars.ts';
import type { HostClient } from './client.ts';
import { parsePairs, readCommandFile } from './command-input.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Printer } from './print.ts';

/** Options of the command line. */
export interface RunOptions {
  input: string[];
  profile?: string | undefined;
  proxy?: string | undefined;
  timeout?: string | undefined;
  headed?: boolean | undefined;
  /** Folder that artifacts are copied to. */
  artifacts?: string | undefined;
}

type Query<Id> = { id: Id[] } | { q: string; limit: number; cursor?: string };

/**
 * The id of what is named by its id or its name.
 * @throws AppError `bad-request` when there is none, or there are several: what the caller wrote is wrong
 */
async function idOf<Id extends string>(
  [one, many]: readonly [one: string, many: string],
  wanted: string,
  schema: { safeParse(text: string): { data?: Id | undefined } },
  list: (query: Query<Id>) => Promise<Page<{ id: Id; name: string }>>,
): Promise<Id> {
  const id = schema.safeParse(wanted).data;
  const [found, second] = id === undefined ? await namedSo(wanted, list) : (await list({ id: [id] })).items;
  if (found !== undefined && second === undefined) return found.id;
  throw new AppError(
    'bad-request',
    found === undefined
      ? `There is no ${one} "${wanted}"; tabagent call ${many}.list shows the ${many}.`
      : `Several ${many} are named "${wanted}"; use the id.`,
  );
}

/** What the command line says of the browser. @throws AppError `bad-request` */
async function browserOf({ call }: HostClient, profile: string | null, proxy: string | undefined) {
  const profiles = (query: Query<ProfileId>) => call('profiles_list', query);
  const proxies = (query: Query<ProxyId>) => call('proxies_list', query);
  return {
    ...(profile === null ? {} : { profile_id: await idOf(['profile', 'profiles'], profile, ProfileId, profiles) }),
    ...(proxy === undefined ? {} : { proxy_id: await idOf(['proxy', 'proxies'], proxy, ProxyId, proxies) }),
  };
}

function logText(line: LogLine): string {
  const time = line.at.slice(11, 19);
  const level = line.level === 'info' ? '' : `${line.level} `;
  return `${time}  ${level}${line.message}${line.data === null ? '' : ` ${JSON.stringify(line.data)}`}`;
}

function stepText(step: Step): string {
  const took = step.finished_at === null ? '' : ` (${Date.parse(step.finished_at) - Date.parse(step.started_at)} ms)`;
  const mark = { running: '▸', succeeded: '✓', failed: '✗', cancelled: '∅' }[step.status];
  return `${mark} ${step.name}${took}`;
}

/** Prints the log until the task has ended. */
async function follow(client: HostClient, id: TaskId, print: Printer): Promise<void> {
  for await (const line of client.stream('tasks_logs_follow', { id, since: 0 })) {
    if ('type' in line) print.note(`… ${line.dropped} lines were not shown`);
    else if (print.json) print.item({ type: 'log', ...line });
    else print.line(logText(line));
  }
}

/** Prints steps as they end. */
async function followSteps(client: HostClient, id: TaskId, print: Printer): Promise<void> {
  for await (const event of client.stream('tasks_follow', { id, since: 0 })) {
    if (event.type === 'gap' || print.json) continue;
    const step = event.type === 'step' ? (event.data as Partial<Step> | null) : null;
    if (step?.name !== undefined && step.status !== undefined && step.started_at !== undefined)
      print.line(stepText(step as Step));
  }
}

async function copyArtifacts(client: HostClient, artifacts: readonly Artifact[], folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  for (const artifact of artifacts) await client.download(artifact.id, path.join(folder, path.basename(artifact.name)));
}

function summary(task: TaskDetail, artifacts: readonly Artifact[], folder: string | undefined): string {
  const lines = ['', `${task.status} in ${((task.duration_ms ?? 0) / 1000).toFixed(1)} s  (${task.id})`];
  if (task.error) {
    const frames = framesOf(task.error);
    lines.push(`error: ${task.error.detail}`, ...(frames === null ? [] : [frames.replaceAll(/^/gm, '  ')]));
  }
  if (artifacts.length > 0) {
    lines.push(
      `artifacts${folder === undefined ? '' : ` in ${folder}`}:`,
      ...artifacts.map((a) => `  ${a.kind.padEnd(10)} ${a.name} (${a.bytes} bytes)`),
    );
  }
  if (task.output !== null) lines.push(`output: ${JSON.stringify(task.output, null, 2)}`);
  return lines.join('\n');
}

/** Runs a file. @returns the exit code */
export async function runFile(client: HostClient, file: string, options: RunOptions, print: Printer): Promise<number> {
  const { command, input, profile } = readCommandFile(file);
  const browser = await browserOf(client, options.profile ?? profile, options.proxy);
  const given = { ...command.defaults, ...input, ...parsePairs(options.input) };
  const taskInput = Object.values(given).includes(DEMO_URL)
    ? withDemoUrl(given, (await client.call('demo_start', {})).url)
    : given;

  const created = await client.call('tasks_create', {
    name: command.name,
    spec: { ...command.spec, kind: command.kind, ...(options.headed ? { headless: false } : {}) },
    input_schema: command.input_schema,
    input: taskInput,
    max_attempts: command.retry.max + 1,
    timeout_seconds: options.timeout === undefined ? command.timeout_seconds : Number(options.timeout),
    priority: 'urgent',
    ...browser,
  });
  if (!('id' in created)) throw new AppError('internal-server-error');
  const { id } = created;
  print.note(`task ${id}: ${command.name} (${client.where})`);

  const onSignal = () => {
    print.note('cancelling…');
    void client.call('tasks_cancel', { id }).catch(() => undefined);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await Promise.all([follow(client, id, print), followSteps(client, id, print)]);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  const task = await client.call('tasks_get', { id });
  const { items: artifacts } = await client.call('artifacts_list', { id });
  if (options.artifacts !== undefined) await copyArtifacts(client, artifacts, options.artifacts);
  if (print.json) print.item({ type: 'result', task, artifacts });
  else print.line(summary(task, artifacts, options.artifacts));
  return exitCodeOf(task.status);
}
