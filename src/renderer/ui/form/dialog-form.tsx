/** The form of a dialog: its first field has the focus, `Mod+Enter` submits it, and its buttons stay in view. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import type { AppError } from '../../../contract/kernel/errors.ts';
import { useFirstInvalid } from '../../lib/keys/first-invalid.ts';
import css from './dialog-form.module.css';

/** The field that is marked; else the first of the form's own, else the button that submits it. */
const FIRST = ['[data-autofocus]', '[data-path] :is(input, textarea, .cm-content, button)', '[type="submit"]'];

/**
 * @param props.error why the last call failed: the first field that it names gets the focus
 * @param props.foot the buttons
 */
export function DialogForm(props: { submit(): void; error?: AppError | null; foot: ReactNode; children: ReactNode }) {
  const { submit, error = null, foot, children } = props;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const found = FIRST.map((selector) => form.current?.querySelector<HTMLElement>(selector));
    const field = found.find((element) => element !== null && element !== undefined);
    if (field === undefined || field === null) return;
    // The dialog may still be opening: then it looks for the mark some frames later.
    field.dataset.autofocus = 'true';
    field.focus();
  }, []);
  useFirstInvalid(error, form);
  // Before a code editor in the form takes the key for a new line, and before the screen below takes it for its own.
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  };
  return (
    <form
      ref={form}
      className={css.form}
      onKeyDownCapture={onKeyDownCapture}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <div className={css.foot} data-keep-clear="">
        {foot}
      </div>
    </form>
  );
}
