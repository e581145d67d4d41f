/** Native buttons: one look, a tooltip with the key, and a reason when they cannot act. */
import { Check, Copy, type LucideIcon } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { keyHint } from '../lib/keys/registry.ts';
import { useChord } from '../lib/keys/use-actions.ts';
import css from './buttons.module.css';
import { Kbd } from './display/kbd.tsx';

/** The look of a {@link Button}, for what is none: a link, the target of a menu. `icon`: it holds nothing but an icon. */
export function buttonClass({
  kind,
  small = false,
  icon = false,
}: Pick<ButtonProps, 'kind'> & { small?: boolean | undefined; icon?: boolean }): string {
  return [css.button, kind && css[kind], small && css.small, icon && css.icon].filter(Boolean).join(' ');
}

export interface ButtonProps {
  children?: ReactNode;
  icon?: ReactNode;
  /** Name for assistive technology and the tooltip; needed when there are no children. */
  label?: string;
  /** What it acts on, where others beside it have the same words; read out after them. */
  about?: string;
  /** Id of the action whose key the tooltip shows. */
  action?: string;
  /** Shows the key of the action inside the button. */
  showKey?: boolean;
  kind?: 'primary' | 'ghost' | 'danger' | undefined;
  small?: boolean;
  /** Why it cannot be used now; also its tooltip. */
  blocked?: string | null | undefined;
  busy?: boolean;
  pressed?: boolean;
  submit?: boolean;
  form?: string;
  onClick?: () => void;
}

const namedBy = ({ children, about }: ButtonProps) =>
  typeof children === 'string' && about !== undefined ? `${children} ${about}` : undefined;

/** A button. While `blocked` it stays focusable, so that the reason can be read. */
export function Button(props: ButtonProps) {
  const chord = useChord(props.action ?? '');
  const reason = props.blocked ?? null;
  const hint = keyHint(props.label, chord);
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      form={props.form}
      className={buttonClass({ kind: props.kind, small: props.small, icon: props.children === undefined })}
      aria-label={props.children === undefined ? props.label : namedBy(props)}
      aria-disabled={reason !== null || props.busy ? true : undefined}
      aria-pressed={props.pressed}
      data-keep-clear={props.kind === 'primary' ? '' : undefined}
      aria-description={reason ?? undefined}
      title={reason ?? (hint === '' ? undefined : hint)}
      onClick={(event) => {
        if (reason !== null || props.busy) event.preventDefault();
        else props.onClick?.();
      }}
    >
      {props.icon}
      {props.children}
      {props.showKey && chord !== undefined ? <Kbd chord={chord} /> : null}
    </button>
  );
}

/** A quiet button of a bar that is only an icon; `label` is its name. */
export function IconButton({
  Icon,
  ...props
}: Pick<ButtonProps, 'action' | 'blocked' | 'onClick'> & { label: string; Icon: LucideIcon }) {
  return <Button small kind="ghost" icon={<Icon size={14} />} {...props} />;
}

/** A choice that is on or off, such as a filter of a list. */
export function Chip({
  pressed,
  label,
  title,
  onClick,
  children,
}: {
  pressed: boolean;
  /** Name for assistive technology, where the text alone does not tell what a click does. */
  label?: string;
  title?: string | undefined;
  onClick(): void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={css.chip}
      aria-label={label}
      aria-pressed={pressed}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Copies a text and says that it did. */
export function CopyButton({
  text,
  label,
  children,
}: {
  text: string | (() => string | Promise<string>);
  label: string;
  children?: ReactNode;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? await text() : text);
      setDone(true);
    } catch {
      setDone(false);
    }
  };
  return (
    <Button
      small
      kind="ghost"
      label={label}
      icon={done ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => void copy()}
    >
      {children === undefined ? undefined : done ? 'Copied' : children}
    </Button>
  );
}
