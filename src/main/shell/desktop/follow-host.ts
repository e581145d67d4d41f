/** What on the desktop follows the host: the tray, the theme, start at login, notifications. */
import type { Task } from '../../../contract/automation/tasks.ts';
import { toAppError } from '../../../contract/kernel/errors.ts';
import type { CallContext } from '../../core/operation/operation.ts';
import type { ShellHost, ShellLog } from '../host-port.ts';
import { DESKTOP_PRINCIPAL } from '../ipc-door.ts';
import { applyTheme } from '../window/theme.ts';
import { setStartAtLogin } from './autostart.ts';
import { createNotifier, type FailedTask } from './notifications.ts';
import { summarize } from './queue-summary.ts';
import { createTray, type TrayView } from './tray.ts';

/** Changes of tasks come in bursts; the tray follows at most this often, ms. */
const TRAY_REFRESH_MS = 250;

/** The tray, which follows the queue; null where the desktop has none. */
export function openTray(
  host: ShellHost,
  log: ShellLog,
  shell: { appRoot: string; show(route?: string): void; quit(): void },
): TrayView | null {
  const setPaused = (paused: boolean) => {
    host.dispatcher.dispatch('queue_update', { paused }, callContext()).catch((error: unknown) => {
      log.error('the queue could not be paused or resumed', { error });
    });
  };
  try {
    const tray = createTray({ ...shell, summary: () => summarize(host.desktop.queue()), setPaused });
    followQueue(host, tray);
    return tray;
  } catch (error) {
    log.warn('there is no tray; closing the window quits', { error });
    return null;
  }
}

function followQueue(host: ShellHost, tray: TrayView): void {
  let scheduled = false;
  const soon = () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      tray.refresh();
    }, TRAY_REFRESH_MS);
  };
  host.changes.subscribe((change) => {
    if (change.entity === 'task' || change.entity === 'queue' || change.entity === 'settings') soon();
  });
}

/** Keeps the theme of windows and the start at login as the settings want them. */
export function followSettings({ settings }: ShellHost, log: ShellLog): void {
  let atLogin = settings.get('desktop.start_at_login');
  applyTheme(settings.get('appearance.theme'));
  settings.onChange(() => {
    applyTheme(settings.get('appearance.theme'));
    const wanted = settings.get('desktop.start_at_login');
    if (wanted === atLogin) return;
    atLogin = wanted;
    setStartAtLogin(wanted).catch((error: unknown) => log.error('start at login could not be changed', { error }));
  });
}

/** Notifies about failed tasks while the window is hidden. */
export function notifyFailures(
  host: ShellHost,
  log: ShellLog,
  window: { visible(): boolean; show(route?: string): void },
): void {
  const notify = createNotifier({
    wanted: () => host.settings.get('desktop.notifications') && !window.visible(),
    task: (id) => failedTask(host, id),
    show: window.show,
    now: () => performance.now(),
  });
  host.changes.subscribe((change) => {
    notify(change).catch((error: unknown) => log.warn('a notification failed', { error }));
  });
}

function callContext(): CallContext {
  return {
    principal: DESKTOP_PRINCIPAL,
    door: 'ipc',
    signal: new AbortController().signal,
    requestId: crypto.randomUUID(),
    remote: 'local',
  };
}

async function failedTask(host: ShellHost, id: string): Promise<FailedTask | null> {
  try {
    const result = await host.dispatcher.dispatch('tasks_get', { id }, callContext());
    if (result.kind !== 'value') return null;
    const task = result.value as Task;
    return { id, name: task.command_name, reason: task.error?.detail ?? 'It ended without a result.' };
  } catch (error) {
    if (toAppError(error).slug === 'not-found') return null;
    throw error;
  }
}
