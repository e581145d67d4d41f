/** Notifications about failed tasks while the window is hidden. */
import { Notification } from 'electron';
import type { TaskStatus } from '../../../contract/automation/tasks.ts';
import { taskRoute } from '../deep-link.ts';
import type { HostChange } from '../host-port.ts';

const FAILED: ReadonlySet<string> = new Set<TaskStatus>(['failed', 'timed_out', 'dead']);

/** Failures beyond this many within {@link BURST_MS} become one sentence. */
const BURST = 3;
const BURST_MS = 10_000;

/** What a notification says about a task. */
export interface FailedTask {
  id: string;
  name: string;
  /** Why, in one sentence. */
  reason: string;
}

/** What notifying needs. */
export interface NotifierDeps {
  /** Whether to notify now: the setting is on and the window is hidden. */
  wanted(): boolean;
  /** Looks the task up; null when it is gone. */
  task(id: string): Promise<FailedTask | null>;
  show(route: string): void;
  now(): number;
}

/** Answers the listener for changes. A wave of failures gives a few notifications, then one that counts the rest. */
export function createNotifier({ wanted, task, show, now }: NotifierDeps): (change: HostChange) => Promise<void> {
  // The OS shows a notification only as long as its object lives.
  const live = new Set<Notification>();
  let recent: number[] = [];
  let summed = false;

  const notify = (title: string, body: string, route: string) => {
    const notification = new Notification({ title, body });
    live.add(notification);
    const forget = () => live.delete(notification);
    notification.once('click', () => {
      forget();
      show(route);
    });
    notification.once('close', forget);
    notification.once('failed', forget);
    notification.show();
  };

  return async (change) => {
    if (change.type !== 'task.ended' || !FAILED.has(statusOf(change.data)) || !wanted() || !Notification.isSupported())
      return;
    const at = now();
    recent = [...recent.filter((one) => at - one < BURST_MS), at];
    if (recent.length <= BURST) {
      summed = false;
      const failed = await task(change.id);
      if (failed) notify(`${failed.name} failed`, failed.reason, taskRoute(failed.id));
    } else if (!summed) {
      summed = true;
      notify('More tasks failed', 'Open TabAgent to see all of them.', '/tasks');
    }
  };
}

function statusOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'status' in data ? String(data.status) : '';
}
