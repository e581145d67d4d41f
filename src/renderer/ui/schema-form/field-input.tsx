/** One value of a form, drawn by what its schema says; a value that its control could not show is edited as JSON. */

import { Switch, Textarea, TextInput } from '@mantine/core';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import { TagsField } from '../form/tags-field.tsx';
import text from '../styles/text.module.css';
import { ChoiceField, ChoicesField } from './choice-field.tsx';
import { DateField } from './date-field.tsx';
import type { CommonProps, FieldProps } from './field-props.ts';
import { FileField } from './file-field.tsx';
import { useForm } from './form-context.ts';
import { JsonField } from './json-field.tsx';
import { limitsOf } from './model/check.ts';
import { below } from './model/field.ts';
import { fits, numberOf, withMember } from './model/values.ts';
import { NumberField } from './number-field.tsx';
import { RowsField } from './rows-field.tsx';
import css from './schema-form.module.css';
import { SecretField } from './secret-field.tsx';
import { parseJson } from './use-json-text.ts';

/** Items of a list that have a control each. */
const MAX_ITEMS = 200;

/** @param bare without a frame of its own: a group that is a row of a list */
export function FieldInput(props: FieldProps & { bare?: boolean }) {
  return (
    <div data-path={props.path} className={css.field}>
      <Control {...props} />
    </div>
  );
}

function Control({ bare = false, ...props }: FieldProps & { bare?: boolean }) {
  const { field, path, value, onChange } = props;
  const { errorAt } = useForm();
  const { kind, nullable } = field;
  const description = [field.description, limitsOf(field)].filter(Boolean).join(' ') || null;
  const common: CommonProps = { label: field.title, description, error: errorAt(path), withAsterisk: field.required };
  const change = (typed: string) => onChange(typed === '' && nullable ? null : typed);
  const shown = typeof value === 'string' ? value : '';

  const isLong = Array.isArray(value) && value.length > MAX_ITEMS;
  if (kind === 'json' || isLong || !fits(field, value)) {
    const reason = isLong
      ? 'This list is long. Edit it as JSON.'
      : 'This value does not fit the field. Edit it as JSON.';
    return (
      <JsonField
        path={path}
        label={field.title}
        description={kind === 'json' ? description : reason}
        required={field.required}
        {...{ value, onChange }}
        parse={parseJson}
        height="96px"
      />
    );
  }
  switch (kind) {
    case 'boolean': {
      // A switch is never empty, so none is marked as required.
      const { withAsterisk: _mark, ...rest } = common;
      return <Switch {...rest} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    }
    case 'number':
    case 'integer':
      return <NumberField {...props} common={common} />;
    case 'choice':
      return <ChoiceField {...props} common={common} />;
    case 'choices':
      return <ChoicesField {...props} common={common} />;
    case 'date':
    case 'time':
    case 'date-time':
      return <DateField {...props} common={common} />;
    case 'tags': {
      const isText = field.item?.kind === 'text';
      return (
        <TagsField
          {...common}
          placeholder={Array.isArray(value) && value.length > 0 ? '' : 'Type and press Enter'}
          allowDuplicates={field.schema.uniqueItems !== true}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(items) => onChange(isText ? items : items.map(numberOf))}
        />
      );
    }
    case 'rows':
      return <RowsField {...props} common={common} draw={(row) => <FieldInput {...row} bare />} />;
    case 'group':
      return <Group {...props} common={common} bare={bare} />;
    case 'secret':
      return <SecretField {...props} common={common} />;
    case 'file':
      return <FileField {...props} common={common} />;
    case 'long':
      return (
        <Textarea
          {...common}
          autosize
          minRows={3}
          maxRows={10}
          value={shown}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case 'text':
      return <TextInput {...common} value={shown} onChange={(event) => change(event.currentTarget.value)} />;
  }
}

/** Members of an object; those that the form does not know stay as they are. */
function Group({ field, path, value, onChange, common, bare }: FieldProps & { common: CommonProps; bare: boolean }) {
  const members = isJsonObject(value) ? value : {};
  const inputs = field.fields.map((member) => (
    <FieldInput
      key={member.name}
      field={member}
      path={below(path, member.name)}
      value={members[member.name]}
      onChange={(next) => onChange(withMember(members, member.name, next))}
    />
  ));
  if (bare) return <div className={css.fields}>{inputs}</div>;
  return (
    <fieldset className={css.group}>
      <legend>
        {common.label}
        {common.withAsterisk ? ' *' : ''}
      </legend>
      {common.description === null ? null : <div className={`${text.muted} ${text.small}`}>{common.description}</div>}
      {inputs}
      {common.error === undefined ? null : <div className={`${text.bad} ${text.small}`}>{common.error}</div>}
    </fieldset>
  );
}
