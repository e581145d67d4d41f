/** Short messages in the corner: what was done, with Undo; what failed, with its code. */
import { notifications } from '@mantine/notifications';
import type { AppError } from '../../../contract/kernel/errors.ts';
import { errorText } from '../../../contract/kernel/text/field-words.ts';
import { Button } from '../buttons.tsx';
import layout from '../styles/layout.module.css';

/** Time an undo is offered, ms. */
export const UNDO_MS = 8_000;

/** Its cross is an icon. */
const CLOSE = { closeButtonProps: { 'aria-label': 'Close' } };

/** Says what happened. */
export function toast(message: string): void {
  notifications.show({ message, autoClose: 4_000, withBorder: true, ...CLOSE });
}

/** Says why the action of a key that was pressed cannot be done now; pressing it again says it once. */
export function blockedToast({ title }: { title: string }, reason: string): void {
  const said = { id: 'blocked', title, message: reason, autoClose: 4_000, withBorder: true, ...CLOSE };
  notifications.hide(said.id);
  notifications.show(said);
}

/** Says what happened and offers to take it back for 8 s. */
export const undoToast = (message: string, undo: () => unknown): void =>
  actToast(message, { label: 'Undo', act: undo });

/** Says what happened and offers what can be done next for 8 s. */
export function actToast(message: string, { label, act }: { label: string; act(): unknown }): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: UNDO_MS,
    withBorder: true,
    withCloseButton: false,
    message: (
      <span className={layout.row}>
        <span className={layout.grow}>{message}</span>
        <Button
          small
          onClick={() => {
            notifications.hide(id);
            void act();
          }}
        >
          {label}
        </Button>
      </span>
    ),
  });
}

/** What can be done about a failure. */
interface Remedy {
  label: string;
  act(): void;
}

/** Time a remedy is offered, ms; while the pointer or the focus is on it, it stays. */
const REMEDY_MS = 20_000;

/** Says what failed; a remedy is offered as a button, on the screen where it failed: elsewhere it would lie over other things. */
export function errorToast(what: string, error: AppError, remedy?: Remedy): void {
  const id = crypto.randomUUID();
  const leave = () => notifications.hide(id);
  if (remedy !== undefined) window.addEventListener('hashchange', leave, { once: true });
  notifications.show({
    id,
    color: 'red',
    ...CLOSE,
    withBorder: true,
    autoClose: remedy === undefined ? 10_000 : REMEDY_MS,
    onClose: () => window.removeEventListener('hashchange', leave),
    title: what,
    message:
      remedy === undefined ? (
        errorText(error)
      ) : (
        <span className={layout.row}>
          <span className={layout.grow}>{errorText(error)}</span>
          <Button
            small
            onClick={() => {
              notifications.hide(id);
              remedy.act();
            }}
          >
            {remedy.label}
          </Button>
        </span>
      ),
  });
}
