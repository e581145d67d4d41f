/** `tabagent serve`: the host in a terminal or as a service, until a signal stops it. */
import { type HostFlags, readConfig } from '../core/config.ts';
import { AlreadyRunning } from '../core/instance-lock.ts';
import { guardProcess } from '../core/process/fault-policy.ts';
import { createHost, type Host } from '../host.ts';
import { EXIT } from './exit-codes.ts';
import { ownCommand } from './own-command.ts';
import type { Printer } from './print.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a host that has crashed may take to stop before the process ends without it, ms. */
const STOP_DEADLINE_MS = 15_000;

/** How long a host may take to stop after a signal, ms; its parts have shorter deadlines of their own. */
const SIGNAL_DEADLINE_MS = 60_000;
/** How long a host that has stopped may take to end, ms. */
const END_DEADLINE_MS = 3_000;

/** Why a host is to end. */
type End = { by: 'signal'; signal: string } | { by: 'crash'; error: unknown };

/** Resolves with the first signal that asks the process to end. */
function stopSignal(): Promise<End> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve({ by: 'signal', signal }));
  });
}

/**
 * Ends the process if it still lives after `ms`, by SIGKILL: `process.exit` waits for threads of the file system, and one that waits
 * for a file (a network disk that is gone) never comes back.
 */
function endWithin(ms: number): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms).unref();
}

/** Serves until a signal; a host that crashes is started again, at most three times in ten minutes. @returns the exit code */
export async function serve(surroundings: Surroundings, flags: HostFlags, print: Printer): Promise<number> {
  const signalled = stopSignal();
  void signalled.then(() => endWithin(SIGNAL_DEADLINE_MS));
  for (let crashed = false; ; crashed = true) {
    const code = await serveOnce(surroundings, flags, print, signalled);
    if (code === 'again') print.note('Starting again…');
    // What a crashed host has left half done can keep the event loop, and so the process, alive.
    else if (crashed) process.exit(code);
    else return code;
  }
}

/** One host from its start to its end. @returns the exit code, or that it crashed and is to be started again */
async function serveOnce(
  { platform, env }: Surroundings,
  flags: HostFlags,
  print: Printer,
  signalled: Promise<End>,
): Promise<number | 'again'> {
  let host: Host;
  let panelLinkCommand: string;
  try {
    const config = readConfig(flags, env, platform.paths.data);
    panelLinkCommand = ownCommand(['panel-link'], config.dataDir, platform.paths.data);
    host = await createHost(platform, { ...config, panelLinkCommand, terminal: print.note });
  } catch (error) {
    print.failure(error);
    return error instanceof AlreadyRunning ? EXIT.alreadyRunning : EXIT.failed;
  }
  const { promise: crashed, resolve: crash } = Promise.withResolvers<End>();
  const unguard = guardProcess({ rejected: host.rejected, crashed: (error) => crash({ by: 'crash', error }) });
  try {
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
        `TabAgent ${platform.versions.app} ready: ${link}  (one-time link, valid for 10 minutes; for another run: ${panelLinkCommand})`,
    );
    return await endOf(host, await Promise.race([signalled, crashed]), print);
  } finally {
    unguard();
  }
}

async function endOf(host: Host, end: End, print: Printer): Promise<number | 'again'> {
  if (end.by === 'signal') {
    print.note(`${end.signal}: stopping…`);
    await host.stop(end.signal);
    endWithin(END_DEADLINE_MS);
    return EXIT.ok;
  }
  // Half of the host may not answer any more: then the process goes, and the next start takes up what is left.
  const deadline = setTimeout(() => process.exit(EXIT.crashed), STOP_DEADLINE_MS);
  const { file, again } = host.reportCrash(end.error);
  print.note(`The host failed${file === null ? '' : `; what is known of it is in ${file}`}. Stopping…`);
  await host.stop('an exception was caught by nothing');
  clearTimeout(deadline);
  if (again) return 'again';
  print.note(
    'It failed more than three times in ten minutes, or failures cannot be recorded, so it will not be restarted.',
  );
  return EXIT.crashed;
}
