/** What goes with each request of the conversation. */
import { type ReactNode, useId } from 'react';
import field from '../../../ui/styles/field.module.css';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Settings } from '../use-settings.ts';
import { type ChatFields, NUMBERS } from './fields.ts';
import css from './parameters.module.css';

function Labelled({
  label,
  about,
  error,
  children,
}: {
  label: string;
  about?: string;
  error: string | undefined;
  children(props: { id: string; 'aria-invalid': true | undefined; 'aria-describedby': string }): ReactNode;
}) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': error === undefined ? undefined : true, 'aria-describedby': `${id}-about` })}
      <span id={`${id}-about`} className={`${text.small} ${error === undefined ? text.muted : text.bad}`}>
        {error ?? about}
      </span>
    </div>
  );
}

function Area({
  settings,
  name,
  label,
  about,
  mono = false,
  placeholder,
}: {
  settings: Settings;
  name: keyof ChatFields;
  label: string;
  about?: string;
  mono?: boolean;
  placeholder?: string;
}) {
  return (
    <Labelled label={label} {...(about === undefined ? {} : { about })} error={settings.errors[name]}>
      {(props) => (
        <textarea
          {...props}
          className={`${field.field} ${css.area} ${mono ? text.mono : ''}`}
          rows={mono ? 3 : 2}
          spellCheck={!mono}
          placeholder={placeholder}
          value={settings.fields[name]}
          onChange={({ target }) => settings.change({ [name]: target.value })}
        />
      )}
    </Labelled>
  );
}

export function Parameters({ settings }: { settings: Settings }) {
  return (
    <form className={layout.peek} aria-label="Parameters" onSubmit={(event) => event.preventDefault()}>
      <Area
        settings={settings}
        name="system_prompt"
        label="System prompt"
        about="Instructions that come before the conversation."
      />
      <div className={layout.two}>
        {NUMBERS.map(({ name, label, placeholder }) => (
          <Labelled key={name} label={label} error={settings.errors[name]}>
            {(props) => (
              <input
                {...props}
                className={`${field.field} ${css.number}`}
                inputMode="decimal"
                placeholder={placeholder}
                value={settings.fields[name]}
                onChange={({ target }) => settings.change({ [name]: target.value })}
              />
            )}
          </Labelled>
        ))}
      </div>
      <label className={layout.row}>
        <input
          type="checkbox"
          checked={settings.dropsOldest}
          onChange={({ target }) => settings.change({ overflow: target.checked ? 'drop' : '' })}
        />
        Drop the oldest messages when the context is full
      </label>
      <Area settings={settings} name="stop" label="Stop sequences" about="One on each line, at most four." />
      <Area
        settings={settings}
        name="schema"
        label="Answer schema"
        mono
        about="JSON Schema that answers must match. Empty for plain text."
        placeholder={'{ "type": "object" }'}
      />
      <Area
        settings={settings}
        name="tools"
        label="Tools"
        mono
        about="Functions that the model may call, as a chat completion takes them."
        placeholder={'[{ "type": "function", "function": { "name": "…" } }]'}
      />
    </form>
  );
}
