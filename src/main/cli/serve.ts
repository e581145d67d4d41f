/** `tabagent serve`: the host in a terminal or as a service, until a signal stops it. */
import { type HostFlags, readConfig } from '../core/config.ts';
import { AlreadyRunning } from '../core/instance-lock.ts';
import { createHost, type Host } from '../host.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

/** Resolves with the first signal that asks the process to end. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });
}

/** Serves until a signal. @returns the exit code */
export async function serve({ platform, env }: Surroundings, flags: HostFlags, print: Printer): Promise<number> {
  const stopped = stopSignal();
  let host: Host;
  try {
    host = await createHost(platform, { ...readConfig(flags, env, platform.paths.data), terminal: print.note });
  } catch (error) {
    print.failure(error);
    return error instanceof AlreadyRunning ? EXIT.alreadyRunning : EXIT.failed;
  }
  const unsafe = host.bindProblem();
  if (unsafe !== null) {
    print.note(unsafe);
    await host.stop('unsafe bind address');
    return EXIT.unsafeBind;
  }
  const { url, httpError, panelLink } = await host.start();
  if (url === null) {
    print.note(httpError ?? 'The port cannot be opened.');
    await host.stop('port taken');
    return EXIT.portTaken;
  }
  const link = panelLink();
  print.result(
    { url, panel: link, pid: process.pid },
    () =>
      `TabAgent ${platform.versions.app} ready: ${link}  (one-time link, 10 minutes; tabagent panel-link makes another)`,
  );
  const signal = await stopped;
  print.note(`${signal}: stopping…`);
  await host.stop(signal);
  return EXIT.ok;
}
